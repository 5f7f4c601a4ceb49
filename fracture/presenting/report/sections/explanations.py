"""Whether the heatmaps point at the fractures, or only look as if."""

from fracture.artifacts.localisation import CONTROLS, Localisation, Measure
from fracture.presenting.report.blocks import Block, Details, Section, Table, Text
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.pictures import of_model
from fracture.presenting.words import count, readable, signed

MEASURES = {"pointing": "pointing game", "energy": "energy in boxes"}
OF_MEMBERS = "An ensemble has no heatmap of its own: Grad-CAM explains one network."


def explanations(findings: Findings) -> Section:
    """Hold the heatmaps of the model chosen against the boxes and against two controls."""
    if findings.ensemble:
        return Section("Explanations", (Text(OF_MEMBERS), all_models(findings)))
    one = findings.localisations[findings.winner.model]
    picture = findings.figure(
        of_model(one.model, "gradcam"),
        f"Test radiographs with the Grad-CAM heatmap of {one.model} laid over them"
        + (f"; {pointed(one)}" if one.n else "")
        + ".",
        "Grad-CAM: what raises the probability of a fracture, as far as the network's last "
        "feature maps tell. A heatmap that looks right is no proof that it is.",
    )
    if not one.n:
        text = (
            "The data set marks no fractures with boxes: whether the heatmaps point at them was "
            "not measured."
        )
        return Section("Explanations", (Text(text), picture))
    blocks: tuple[Block, ...] = (
        Text(
            f"Grad-CAM heatmaps of {count(one.n, 'fractured test radiograph')} with boxes. They "
            "mean something only where they beat both controls: the same network with random "
            "weights, and a blob in the middle. "
            f"The boxes cover {one.box_area} of the image: a random point hits that often. "
            f"Without any heat, counted as misses: {one.empty} of the trained network, "
            f"{one.empty_random_weights} of the untrained one; where the latter are many, that "
            "control is a weak one."
        ),
        measured(findings, one),
        picture,
        Details("The heatmaps of all models", (all_models(findings),)),
    )
    return Section("Explanations", blocks)


def pointed(one: Localisation) -> str:
    """Say how often the heatmaps hit."""
    return f"the peak lies in a box in a share of {one.pointing.network} of {one.n} radiographs"


def measured(findings: Findings, one: Localisation) -> Table:
    """Return each measure of a model, its controls and what it gains over them."""
    return Table(
        f"Heatmaps of {one.model} against the boxes of {one.n} fractured test radiographs, "
        f"{one.groups} groups; {findings.confidence} intervals",
        (
            "measure",
            "trained network",
            *map(readable, CONTROLS),
            *(f"gain over {readable(control)}" for control in CONTROLS),
        ),
        tuple(
            _cells(name, measure)
            for name, measure in (("pointing", one.pointing), ("energy", one.energy))
        ),
    )


def _cells(name: str, measure: Measure) -> tuple[str, ...]:
    return (
        MEASURES[name],
        str(measure.network),
        *(str(getattr(measure, control)) for control in CONTROLS),
        *(signed(measure.gain[control]) for control in CONTROLS),
    )


def all_models(findings: Findings) -> Table:
    """Return the measures of every model, without the intervals of the controls."""
    return Table(
        f"Heatmaps of all models; {findings.confidence} intervals",
        (
            "model",
            *(
                f"{what}{over}"
                for what in MEASURES.values()
                for over in ("", *(f", gain over {readable(control)}" for control in CONTROLS))
            ),
        ),
        tuple(
            (
                one.model,
                *(
                    cell
                    for measure in (one.pointing, one.energy)
                    for cell in (
                        str(measure.network),
                        *(signed(measure.gain[control]) for control in CONTROLS),
                    )
                ),
            )
            for one in findings.localisations.values()
        ),
    )


def beaten(one: Localisation) -> list[str]:
    """Return the controls that the trained network does not measurably beat in pointing."""
    return [
        readable(control)
        for control in CONTROLS
        if (one.pointing.gain[control].low or 0) <= 0 and one.n
    ]
