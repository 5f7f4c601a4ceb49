"""The tables of what speaks for a system beside its scores: heatmaps, other data sets."""

from fracture.artifacts.external import External
from fracture.artifacts.localisation import CONTROLS, Localisation
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.score_tables import DECIDED, decisions
from fracture.presenting.report.sentences import held
from fracture.presenting.words import Table, count, readable, score_name, signed

MEASURES = {"pointing": "pointing game", "energy": "energy in boxes"}


def heatmaps(findings: Findings, one: Localisation) -> Table:
    """Return a row for each measure: a model's heatmaps, the controls, the gain over these."""
    rows = []
    for name, measure in (("pointing", one.pointing), ("energy", one.energy)):
        controls = (str(getattr(measure, control)) for control in CONTROLS)
        gains = (signed(measure.gain[control]) for control in CONTROLS)
        rows.append((MEASURES[name], str(measure.network), *controls, *gains))
    names = tuple(map(readable, CONTROLS))
    return Table(
        f"Heatmaps of {one.model} against the boxes of {one.n} fractured test radiographs, "
        f"{one.groups} groups; {findings.confidence} intervals",
        ("measure", "trained network", *names, *(f"gain over {name}" for name in names)),
        tuple(rows),
    )


def all_heatmaps(findings: Findings) -> Table:
    """Return the measures of every model that has any, without the intervals of the controls."""
    gains = [f", gain over {readable(control)}" for control in CONTROLS]
    rows = []
    for one in findings.localisations.values():
        if not one.n:
            continue
        cells = []
        for measure in (one.pointing, one.energy):
            cells += [str(measure.network), *(signed(measure.gain[name]) for name in CONTROLS)]
        rows.append((one.model, *cells))
    return Table(
        f"Heatmaps of all models; {findings.confidence} intervals",
        ("model", *(f"{what}{over}" for what in MEASURES.values() for over in ("", *gains))),
        tuple(rows),
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
                    str(part.scores["calibration_error"]),
                )
            )
    groups = next(iter(one.parts.values())).groups
    return Table(
        f"{one.name}: {count(groups, 'group')}; {100 * one.confidence:g} % intervals",
        (
            "system", "radiographs", "AUROC there", "drop", *map(score_name, DECIDED), "accuracy",
            "calibration error",
        ),
        tuple(rows),
    )  # fmt: skip
