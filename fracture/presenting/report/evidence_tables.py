"""The tables of what speaks for a system beside its scores: heatmaps, other data sets."""

from fracture.artifacts.external import External
from fracture.artifacts.localisation import CONTROLS, Localisation, Measure
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.score_tables import DECIDED, decisions
from fracture.presenting.report.sentences import held
from fracture.presenting.words import Table, called, count, score_name, signed

CALIBRATION = ("calibration_error", "calibration_error_beyond_chance")
RATE = "0.5"
"""False marks a radiograph at which models stand side by side."""


def _measures(one: Localisation) -> dict[str, Measure]:
    """Return the measures of a model by what they are called."""
    small, side = one.small, f"{one.small.side:g} pixels"
    return {
        "pointing game": one.pointing,
        "energy in boxes": one.energy,
        **{f"fractures marked at {_false(rate)}": each for rate, each in one.sensitivity.items()},
        "average precision of boxes": one.average_precision,
        f"pointing game, {count(small.n, 'radiograph')} with fractures below {side} alone": (
            small.pointing
        ),
        **{
            f"{count(small.fractures, 'fracture')} below {side} marked at {_false(rate)}": each
            for rate, each in small.sensitivity.items()
        },
    }


def _false(rate: str) -> str:
    return f"{rate} false {'mark' if rate == '1' else 'marks'} a radiograph"


def heatmaps(findings: Findings, one: Localisation) -> Table:
    """Return a row for each measure: a model's heatmaps, the others, the gain over these."""
    measures = _measures(one)
    names = [called(kind) for kind in one.pointing.gain]
    rows = [
        (
            name,
            str(measure.network),
            *(str(estimate) for _, estimate in measure.others),
            *map(signed, measure.gain.values()),
        )
        for name, measure in measures.items()
    ]
    return Table(
        f"Heatmaps of {one.model} ({called(one.kind)}) against the {one.fractures:,} boxes of "
        f"{count(one.n, 'fractured test radiograph')}, {one.normal:,} without a fracture beside "
        f"them, {one.groups:,} groups; {findings.confidence} intervals",
        ("measure", "trained network", *names, *(f"gain over {name}" for name in names)),
        rows,
    )


def all_heatmaps(findings: Findings) -> Table:
    """Return the main measures of every model that has any, without intervals of the controls."""
    gains = [f", gain over {called(control)}" for control in CONTROLS]
    rows = []
    for one in findings.localisations.values():
        if not one.n:
            continue
        cells = []
        for measure in (one.pointing, one.energy, one.sensitivity[RATE]):
            cells += [str(measure.network), *(signed(measure.gain[name]) for name in CONTROLS)]
        rows.append((one.model, called(one.kind), *cells, str(one.average_precision.network)))
    measures = ("pointing game", "energy in boxes", f"fractures marked at {_false(RATE)}")
    return Table(
        f"Heatmaps of all models; {findings.confidence} intervals",
        (
            "model",
            "heatmap",
            *(f"{what}{over}" for what in measures for over in ("", *gains)),
            "average precision of boxes",
        ),
        rows,
    )


def external(findings: Findings, one: External) -> Table:
    """Return a row for each system on another data set, by target, in the order of the rankings."""
    rows = []
    for comparison in (findings.comparison, *findings.further):
        for name in comparison.ranking:
            if name not in one.parts:
                continue
            scores, part = findings.systems[name], one.parts[name]
            decided = decisions(scores, part)
            rows.append(
                (
                    name,
                    f"{part.n:,}{held(scores, part)}",
                    str(part.scores["auroc"]),
                    signed(one.drop[name]),
                    *(str(decided.get(score, "-")) for score in DECIDED),
                    str(decided["accuracy"]),
                    *(str(part.scores[name]) for name in CALIBRATION),
                )
            )
    groups = next(iter(one.parts.values())).groups
    return Table(
        f"{one.name}: {count(groups, 'group')}; {100 * one.confidence:g} % intervals",
        (
            "system", "radiographs", "AUROC there", "drop", *map(score_name, DECIDED), "accuracy",
            *map(score_name, CALIBRATION),
        ),
        tuple(rows),
    )  # fmt: skip
