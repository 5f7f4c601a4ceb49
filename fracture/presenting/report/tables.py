"""The tables of the data: counts, parts of the split, what was left out, baselines, trainings."""

import pandas as pd

from fracture.artifacts import splits
from fracture.artifacts.audit import Count, auroc
from fracture.artifacts.row import number
from fracture.params.train import Train, resolve
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.sources import DIGITS, LOCK
from fracture.presenting.words import Table, count, count_if_named, listed, percent, readable


def holdings(findings: Findings) -> Table:
    """Return how much the data set holds."""
    audit = findings.audit
    twice = audit.duplicates
    rows = {
        "radiographs found": f"{audit.found:,}",
        "radiographs kept": f"{audit.kept:,}",
        "of them fractured": f"{audit.by_class['fractured']:,}",
        "of them not fractured": f"{audit.by_class['not_fractured']:,}",
        "groups that a split keeps whole": f"{audit.groups:,}",
        "patients": count_if_named(audit.patients),
        "studies": count_if_named(audit.studies),
        "exposures found more than once": f"{twice['clusters']:,}",
        "of them under opposite labels": f"{twice['clusters_with_opposite_labels']:,}",
    }
    return Table(f"What {audit.dataset} holds", ("what", "how many"), tuple(rows.items()))


def counts(findings: Findings, what: str, by: dict[str, Count]) -> Table:
    """Return the radiographs kept by one attribute.

    Args:
        findings: All that the run found.
        what: The attribute.
        by: Counts by its values.
    """
    return Table(
        f"Radiographs by {what}, of {findings.audit.kept:,} kept",
        (what, "radiographs", "fractured", "share fractured"),
        tuple(_count(readable(value), row) for value, row in by.items()),
    )


def parts(findings: Findings) -> Table:
    """Return what each part of the split holds."""
    return Table(
        f"The split of {findings.audit.dataset} "
        f"(SHA-256 of the split {findings.fingerprints[str(splits.PATH)]})",
        ("part", "radiographs", "fractured", "share fractured", "groups", "patients", "studies"),
        tuple(
            (
                name,
                f"{part.radiographs:,}",
                f"{part.fractured:,}",
                percent(part.rate),
                f"{part.groups:,}",
                count_if_named(part.patients),
                count_if_named(part.studies),
            )
            for name, part in findings.parts.items()
        ),
    )


def parts_by_body_part(findings: Findings) -> Table:
    """Return the radiographs of each part by body part."""
    return Table(
        "Radiographs of each part by body part",
        ("part and body part", "radiographs", "fractured", "share fractured"),
        tuple(
            _count(f"{part}, {readable(name)}", row)
            for part, counted in findings.audit.parts.items()
            for name, row in counted["by_body_part"].items()
        ),
    )


def _count(name: str, row: Count) -> tuple[str, ...]:
    radiographs, fractured = row["radiographs"], row["fractured"]
    share = fractured / radiographs if radiographs else None
    return name, f"{radiographs:,}", f"{fractured:,}", percent(share)


def left_out(findings: Findings) -> Table:
    """Return how many radiographs were left out, by reason."""
    return Table(
        f"Left out, of {findings.audit.found:,} radiographs found",
        ("reason", "radiographs"),
        tuple((reason, f"{n:,}") for reason, n in findings.audit.left_out.items()),
    )


def baselines(findings: Findings) -> Table:
    """Return what is reached by rules that look at no radiograph."""
    audit = findings.audit
    copies = audit.hash_lookup["our_split"]
    lookup = (
        "hash look-up",
        "-",
        str(auroc(copies)),
        f"{percent(copies['share'])} of the test radiographs are in the training part too",
    )
    remarks = {True: "suspicious", False: "no", None: "does not vary"}
    shortcuts = [
        (
            f"{readable(column)} alone",
            number(row["validation_auroc"]),
            str(auroc(row)),
            remarks[None if row["suspicious"] is None else bool(row["suspicious"])],
        )
        for column, row in audit.shortcuts.items()
    ]
    priors = [
        (
            f"{readable(column)} alone, from the table",
            number(row["validation_auroc"]),
            str(auroc(row)),
            "no: known before the radiograph",
        )
        for column, row in audit.priors.items()
        if row["suspicious"] is not None  # it varies
    ]
    return Table(
        f"Baselines on {copies['n']} test radiographs, {copies['positives']} fractured; "
        f"{findings.confidence} intervals",
        ("baseline", "validation AUROC", "test AUROC", "remarkable"),
        (lookup, *shortcuts, *priors),
    )


def recipes(findings: Findings) -> Table:
    """Return how each model was to be trained: where it starts, what learns, and for how long."""
    seeds = findings.parameters["training_seeds"]
    return Table(
        f"How each model was trained: recipe {findings.parameters['recipe']}, "
        f"{count(len(seeds), 'training seed')} ({listed(map(str, seeds))}); epochs are the most "
        "that a training gets",
        (
            "model", "backbone", "variant", "starts from", "epochs of the head alone",
            "epochs of fine-tuning", "fine-tuned", "fracture map", "optimizer", "learning rate",
            "batch",
        ),
        tuple(
            (
                name,
                model.backbone,
                model.variant,
                f"weights of {train.weights}" if train.weights else "random weights",
                f"{train.frozen.epochs}",
                f"{train.finetune.epochs}",
                _fine_tuned(train),
                f"stride {train.localise.stride}" if train.localise.stride else "none",
                train.optimizer,
                f"{train.learning_rate:g}",
                f"{train.batch_size}",
            )
            for name in findings.histories
            for model, train in [resolve(findings.parameters, name)]
        ),
    )  # fmt: skip


def _fine_tuned(train: Train) -> str:
    """Say which layers of the backbone learn in fine-tuning."""
    upper = train.finetune.unfreeze
    if not train.finetune.epochs:
        return "nothing"
    if isinstance(upper, str):
        return f"from {upper} on"
    return "all" if upper == 1 else f"the upper {100 * upper:g} % of layers"


def trainings(findings: Findings) -> Table:
    """Return the epochs of each training, and the validation scores of the one that was kept."""
    settings = {model: resolve(findings.parameters, model)[1] for model in findings.histories}
    return Table(
        "Trainings by model and seed",
        (
            "model", "seed", "epochs", "epoch kept", "validation loss there",
            "validation AUROC there",
        ),
        tuple(
            (
                f"{model}, {trained_on}" if trained_on else model,
                str(seed),
                f"{len(epochs)}",
                *_kept(epochs, settings[model]),
            )
            for model, history in findings.histories.items()
            for (trained_on, seed), epochs in history.groupby(["trained_on", "seed"], sort=False)
        ),
    )  # fmt: skip


def _kept(epochs: pd.DataFrame, settings: Train) -> tuple[str, str, str]:
    """Return the epoch whose weights were kept, its validation loss and AUROC.

    Args:
        epochs: Of one training.
        settings: How it was trained.
    """
    kept = kept_epoch(epochs, settings)
    if kept is None:
        return "-", "-", "-"
    auc = None if pd.isna(kept["validation_auc"]) else float(kept["validation_auc"])
    return f"{kept['epoch']}", number(float(kept["validation_loss"])), number(auc)


def kept_epoch(epochs: pd.DataFrame, settings: Train) -> pd.Series | None:
    """Return the row of the epoch whose weights the network has, as fracture/training keeps them.

    A phase with patience keeps the epoch of its least validation loss, one without its last; what
    fine-tuning with patience made worse is undone, unless a fracture map has learnt with it.

    Args:
        epochs: Of one training, at least one.
        settings: How it was trained.

    Returns:
        None where no loss is known.
    """
    if epochs["validation_loss"].isna().all():
        return None
    phases = {str(name): rows for name, rows in epochs.groupby("phase", sort=False)}
    patience = {"frozen": settings.frozen.patience, "finetune": settings.finetune.patience}
    last, rows = list(phases.items())[-1]
    undone = (
        len(phases) > 1
        and patience[last]
        and not settings.localise.stride
        and rows["validation_loss"].min() > phases["frozen"]["validation_loss"].min()
    )
    if undone:
        last, rows = "frozen", phases["frozen"]
    return rows.iloc[int(rows["validation_loss"].argmin()) if patience[last] else -1]


def fingerprints(findings: Findings) -> Table:
    """Return the fingerprints of the files that the results follow from."""
    return Table(
        f"Fingerprints: the first {DIGITS} digits of the SHA-256 of each file, as sha256sum shows "
        "it",
        ("file", "SHA-256"),
        tuple(findings.fingerprints.items()),
    )


def packages(findings: Findings) -> Table:
    """Return the packages that the project asks for."""
    return Table(
        f"Versions that {LOCK} names", ("package", "version"), tuple(findings.packages.items())
    )
