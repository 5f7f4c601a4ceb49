"""Answers about the network, or the networks of an ensemble, and their training."""

from collections.abc import Callable

from fracture.params.section import value_at
from fracture.params.train import Model, Train, resolve
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.sections.winner import made_of
from fracture.presenting.words import listed, readable


def of_each(findings: Findings, say: Callable[[Model, Train], str]) -> str:
    """Say something of the network chosen; of several, once what holds for all, else by name."""
    said: dict[str, list[str]] = {}
    for name in findings.networks:
        said.setdefault(say(*resolve(findings.parameters, name)), []).append(name)
    if len(said) == 1:
        return next(iter(said))
    return " ".join(f"{listed(names)}: {text}" for text, names in said.items())


def folders(findings: Findings) -> str:
    """Name the folders of the networks."""
    return listed(f"data/models/{name}/" for name in findings.networks)


def technology(findings: Findings) -> str:
    """Say what kind of study this is."""
    return (
        f"Deep learning: development and evaluation of {findings.counted} "
        f"that classify radiographs of {findings.audit.dataset} as fractured or not."
    )


def preprocessing(findings: Findings) -> str:
    """Say what the network sees."""
    parameters = findings.parameters
    size = value_at(parameters, "recipes", parameters["recipe"], "preprocess", "size")

    def say(model: Model, train: Train) -> str:
        steps = [step["step"] for step in value_at(parameters, "variants", model.variant, "steps")]
        return (
            f"Strict decoding, 8 bit grey, letterboxed to {size} x {size} pixels; variant "
            f"{model.variant} ({', '.join(steps) or 'nothing further'}); values scaled for the "
            f"{train.scaling}."
        )

    return of_each(findings, say)


def model(findings: Findings) -> str:
    """Describe the network."""

    def say(made: Model, train: Train) -> str:
        head = train.head
        units = f", hidden layers of {listed(map(str, head.units))}" if head.units else ""
        return (
            f"Backbone {made.backbone}; head: {head.pooling} pooling{units}, dropout "
            f"{head.dropout:g}, one probability."
        )

    return f"{of_each(findings, say)} Architecture: {folders(findings)}."


def ensemble(findings: Findings) -> str:
    """Say whose logits are averaged."""
    return f"The {findings.ensemble}." if findings.ensemble else "None: one network."


def start(findings: Findings) -> str:
    """Say what the networks begin with."""
    return of_each(findings, lambda _, train: f"Weights: {train.weights or 'random'}.")


def prediction(findings: Findings) -> str:
    """Name the command that predicts."""
    commands = [f"python -m stages.predict {name}" for name in findings.networks]
    if findings.ensemble:
        commands.append("python -m stages.compose")
    return f"{listed(commands)}."


def training(findings: Findings) -> str:
    """Say how the network learned."""

    def say(_: Model, train: Train) -> str:
        changes = train.augmentation.model_dump().items()
        return f"Augmentation: {', '.join(f'{readable(key)} {value}' for key, value in changes)}."

    return f"{made_of(findings)} {of_each(findings, say)}"


def output(findings: Findings) -> str:
    """Say what comes out of the network."""
    points = listed(findings.winner.images.thresholds)
    return (
        f"A probability of a fracture; operating points: {points}, with thresholds from "
        "validation unless fixed beforehand."
    )


def imbalance(findings: Findings) -> str:
    """Say what is done about rare fractures."""
    temperature = f"{findings.winner.images.temperature:.3g}"
    weights = of_each(findings, lambda _, train: f"Class weights: {train.class_weights}.")
    return f"{weights} Afterwards temperature scaling on validation ({temperature})."


def details(findings: Findings) -> str:
    """Say where every setting stands."""
    marks = ", ".join(f"{path} {mark}" for path, mark in findings.fingerprints.items())
    return (
        f"Every setting stands in params.yaml, every step in dvc.yaml, the network in "
        f"{folders(findings)}. SHA-256: {marks}."
    )
