"""Answers about the network and its training."""

from stages.params.section import at
from stages.params.train import Model, Train, resolve
from stages.report.findings import Findings
from stages.report.sections.winner import made_of
from stages.report.words import count, listed, readable


def settings(findings: Findings) -> tuple[Model, Train]:
    """Return what the model chosen is made of, and how it was trained."""
    return resolve(findings.parameters, findings.winner.model)


def technology(findings: Findings) -> str:
    """Say what kind of study this is."""
    return (
        f"Deep learning: development and evaluation of {count(len(findings.systems), 'network')} "
        f"that classify radiographs of {findings.audit.dataset} as fractured or not."
    )


def preprocessing(findings: Findings) -> str:
    """Say what the network sees."""
    model, train = settings(findings)
    parameters = findings.parameters
    size = at(parameters, "recipes", parameters["recipe"], "preprocess", "size")
    steps = [step["step"] for step in at(parameters, "variants", model.variant, "steps")]
    return (
        f"Strict decoding, 8 bit grey, letterboxed to {size} x {size} pixels; variant "
        f"{model.variant} ({', '.join(steps) or 'nothing further'}); values scaled for the "
        f"{train.scaling}."
    )


def model(findings: Findings) -> str:
    """Describe the network."""
    made, train = settings(findings)
    units = f", hidden layers of {listed(map(str, train.head.units))}" if train.head.units else ""
    return (
        f"Backbone {made.backbone}; head: {train.head.pooling} pooling{units}, dropout "
        f"{train.head.dropout:g}, one probability. Architecture: "
        f"data/models/{findings.winner.model}/."
    )


def training(findings: Findings) -> str:
    """Say how the network learned."""
    _, train = settings(findings)
    changes = ", ".join(
        f"{readable(key)} {value}" for key, value in train.augmentation.model_dump().items()
    )
    return f"{made_of(findings)} Augmentation: {changes}."


def output(findings: Findings) -> str:
    """Say what comes out of the network."""
    points = listed(findings.winner.images.thresholds)
    return (
        f"A probability of a fracture; operating points: {points}, with thresholds from "
        "validation unless fixed beforehand."
    )


def imbalance(findings: Findings) -> str:
    """Say what is done about rare fractures."""
    _, train = settings(findings)
    return (
        f"Class weights: {train.class_weights}; afterwards temperature scaling on validation "
        f"({findings.winner.images.temperature:.3g})."
    )


def details(findings: Findings) -> str:
    """Say where every setting stands."""
    marks = ", ".join(f"{path} {mark}" for path, mark in findings.fingerprints.items())
    return (
        f"Every setting stands in params.yaml, every step in dvc.yaml, the network in "
        f"data/models/{findings.winner.model}/. SHA-256: {marks}."
    )
