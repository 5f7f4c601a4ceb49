"""The model chosen, in detail."""

from fracture.artifacts.scores import Estimate, Level, Scores
from fracture.params.train import resolve
from fracture.presenting.report.blocks import Block, Figure, Section, Table, Text
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.glossary import title
from fracture.presenting.report.pictures import of_model
from fracture.presenting.report.sections.points import confused, operated, points
from fracture.presenting.report.sections.subgroups import subgroups
from fracture.presenting.words import count, listed


def winner(findings: Findings) -> Section:
    """Show all that was measured of the model chosen."""
    scores = findings.winner
    return Section(
        "The model chosen",
        (
            Text(made_of(findings)),
            Section("Scores", tuple(scored(findings, scores))),
            Section("Operating points", tuple(operated(findings, scores))),
            calibration(findings, scores),
            subgroups(findings, scores),
            studies(findings, scores),
            seeds(findings, scores),
        ),
    )


def made_of(findings: Findings) -> str:
    """Say what the network is and how it was trained; of an ensemble, each member's."""
    said = [network(findings, name) for name in findings.networks]
    if findings.ensemble:
        said.insert(0, f"{findings.winner.model}: {findings.ensemble}.")
    return " ".join(said)


def network(findings: Findings, name: str) -> str:
    """Say what the network of a model is and how it was trained."""
    model, train = resolve(findings.parameters, name)
    start = f"weights of {train.weights}" if train.weights else "random weights"
    return (
        f"{name}: backbone {model.backbone} on {model.variant} radiographs, "
        f"recipe {findings.parameters['recipe']}, from {start}; {train.optimizer}, learning rate "
        f"{train.learning_rate:g}, batches of {train.batch_size}, "
        f"{count(train.frozen.epochs, 'epoch')} of the head alone and at most "
        f"{count(train.finetune.epochs, 'epoch')} of the network."
    )


def scored(findings: Findings, scores: Scores) -> list[Block]:
    """Return every score that needs no operating point, and the picture."""
    test = scores.images.test
    return [
        score_table(scores.images, scores.basis),
        of(
            findings,
            "evaluation",
            f"ROC and precision-recall curves of {scores.model} on {test.n} test radiographs "
            f"(AUROC {scores.auroc}, average precision {test.scores['average_precision']}), and "
            f"its confusion at the operating point {scores.headline}: {confused(scores)}.",
            "Curves and confusion on the test part.",
        ),
    ]


def score_table(level: Level, basis: str) -> Table:
    """Return the scores of validation and test, each with its interval."""
    return Table(
        f"{basis} in brackets; validation: {level.validation.n} in "
        f"{count(level.validation.groups, 'group')}. Log loss, Brier score and calibration error "
        "are after temperature scaling",
        ("score", "validation", "test"),
        tuple(
            (title(name), str(level.validation.scores[name]), str(value))
            for name, value in level.test.scores.items()
        ),
    )


def calibration(findings: Findings, scores: Scores) -> Section:
    """Say how honest the probabilities are, before and after temperature scaling."""
    level = scores.images
    rows = [
        (title(name), str(before), str(level.test.scores.get(name, Estimate(value=None))))
        for name, before in level.test.uncalibrated.items()
    ]
    return Section(
        "Calibration",
        (
            Text(
                f"The temperature fitted on validation is {level.temperature:.3g}: the "
                f"probabilities were {'too sure' if level.temperature > 1 else 'not sure enough'} "
                "there. On test the log loss goes from "
                f"{level.test.uncalibrated['log_loss']} to {level.test.scores['log_loss']}."
            ),
            Table(
                f"Probabilities of {scores.model} on {level.test.n} test radiographs before and "
                f"after temperature scaling, less is better; {findings.confidence} intervals",
                ("score", "before", "after"),
                tuple(rows),
            ),
            of(
                findings,
                "calibration",
                f"Share of fractured radiographs against the probability that {scores.model} "
                "gives; calibration error after temperature scaling "
                f"{level.test.scores['calibration_error']}.",
                "Probabilities against what is so, on the test part.",
            ),
        ),
    )


def studies(findings: Findings, scores: Scores) -> Section:
    """Show the scores by study, where the data set names studies."""
    if scores.studies is None:
        text = "The data set names no studies of several radiographs: there is no score by study."
        return Section("By study", (Text(text),))
    test = scores.studies.test
    basis = (
        f"{scores.model}, study by study (mean probability of its radiographs): {test.n} test "
        f"studies, {test.positives} fractured; {findings.confidence} intervals"
    )
    return Section(
        "By study",
        (
            score_table(scores.studies, basis),
            points(findings, scores, scores.studies),
        ),
    )


def seeds(findings: Findings, scores: Scores) -> Section:
    """Show how much the seed of the training moves the score."""
    if findings.ensemble:
        held = listed(map(str, findings.ensemble.seeds))
        text = f"The ensemble holds the networks of training seed {held}: there is one score."
        return Section("Seeds", (Text(text),))
    spreads = {spread.model: spread for spread in findings.comparison.spreads}
    spread = spreads.get(scores.model)
    if len(scores.seeds) == 1 or spread is None or spread.deviation is None:
        said = "One training seed: how far another would move the score is not known."
    else:
        said = (
            f"Over {count(spread.seeds, 'training seed')} the test AUROC is {spread.mean:.3f} on "
            f"average, with a standard deviation of {spread.deviation:.3f}, from "
            f"{spread.least:.3f} to {spread.most:.3f}. All other scores are of the first."
        )
    table = Table(
        f"Test AUROC of {scores.model} by training seed; {findings.confidence} intervals",
        ("seed", "test AUROC"),
        tuple((seed, str(value)) for seed, value in scores.seeds.items()),
    )
    return Section("Seeds", (Text(said), table))


def of(findings: Findings, name: str, alt: str, caption: str) -> Figure:
    """Return a figure of the model chosen."""
    return findings.figure(of_model(findings.winner.model, name), alt, caption)
