"""Sentences of the page and of the model card, each from the findings."""

from collections.abc import Callable
from math import ceil

from markupsafe import Markup

from fracture.artifacts import network
from fracture.artifacts.comparison import Comparison
from fracture.artifacts.localisation import Localisation
from fracture.artifacts.row import threshold_text
from fracture.artifacts.scores import Part, Scores
from fracture.params.section import value_at
from fracture.params.split import Split
from fracture.params.train import Model, Train, resolve
from fracture.presenting.report.findings import Findings
from fracture.presenting.words import called, count, listed, percent, readable, trainings

NO_HEATMAP = (
    "Of a system that is made of others, where its heat lies is measured only if it is a mean of "
    "networks with fracture maps; this one is none."
)
NO_EXTERNAL = "No other data set was scored: how the models do elsewhere is not known."


def how_split(findings: Findings) -> str:
    """Say whose split it is."""
    section = Split.read(findings.parameters, "split")
    if section.given:
        return f"The split is given, radiograph by radiograph, by {section.given}."
    seed = findings.parameters["data_seed"]
    drawn = f"by group, balanced by label and body part, with seed {seed}"
    ships = bool(findings.audit.hash_lookup["shipped_split"]["n"])
    if not section.drawn(findings.audit.dataset, ships=ships):
        return (
            "The split that ships with the data set is kept; where it names no validation part, "
            f"that is drawn from its training part, {drawn}."
        )
    return (
        f"The split is drawn {drawn}: {percent(section.validation)} of the radiographs for "
        f"validation, {percent(section.test)} for test, the rest for training."
    )


def leakage(findings: Findings) -> str:
    """Say whether two parts share a patient, a study or an exposure."""
    leaking = findings.gate.leaking
    if findings.gate.verdict == "clean":
        return (
            "Checked afterwards: no group, patient, study or copy of an exposure that the data set "
            "or its pixels reveal stands in two parts."
        )
    return (
        f"The split leaks: {count(leaking['validation'], 'validation radiograph')} and "
        f"{count(leaking['test'], 'test radiograph')} are tied to an earlier part, by patient, "
        "study or copies of one exposure. Scores are too high by an unknown amount."
    )


def tallied(findings: Findings) -> str:
    """Say how many systems differ from the one chosen; an empty text where it is the only one."""
    return verdicts(findings.comparison)


def verdicts(comparison: Comparison) -> str:
    """Say how many systems of a target differ from the one chosen; empty where it is alone."""
    winner = comparison.ranking[0]
    verdicts = comparison.verdicts(winner)
    if not verdicts:
        return ""
    return (
        f"Of the {count(verdicts.total(), 'other system')}, the test radiographs show {winner} to "
        f"be better than {verdicts['better']} and worse than {verdicts['worse']}; "
        f"{verdicts['not distinguishable']} cannot be told apart from it. This is said of "
        f"{trainings(comparison.seeds)}."
    )


def weakest(scores: Scores) -> str:
    """Name a system's subgroup of the lowest test AUROC; nothing where all are small."""
    if scores.weakest is None:
        return ""
    attribute, value, part = scores.weakest
    return (
        f"{attribute} {readable(value)}: AUROC {part.scores['auroc']}, "
        f"{count(part.n, 'radiograph')}{held(scores, part)}"
    )


def held(scores: Scores, part: Part) -> str:
    """Say how many radiographs of the second of two classes there are, after a comma.

    Args:
        scores: Of a system.
        part: Of its radiographs or studies.
    """
    return f", {part.positives:,} {scores.classes[1]}" if scores.binary else ""


def decided_by(scores: Scores) -> str:
    """Say how a system's predictions follow from its probabilities."""
    return f"at the operating point {scores.headline}" if scores.binary else scores.headline


def guaranteed(scores: Scores) -> str:
    """Say from and below which probabilities a system of two classes calls with a guarantee."""
    if scores.unsure is None:
        return ""
    unsure, (first, second) = scores.unsure, scores.classes
    shown = unsure.shown(scores.images.temperature)
    sentences = [
        f"{first.capitalize()} is called below {threshold_text(shown.low)}.",
        f"{second.capitalize()} is called from {threshold_text(shown.high)} on.",
    ]
    if not unsure.low:
        sentences[0] = _never(first, unsure.missed, unsure.groups[1])
    if unsure.high > 1:
        sentences[1] = _never(second, unsure.false_alarms, unsure.groups[0])
    return " ".join([*sentences, "What is called neither is unsure."])


def _never(name: str, risk: float, groups: int) -> str:
    needed = f"{ceil(1 / risk - 1 - 1e-9)} or more" if risk else "infinitely many"
    return (
        f"{name.capitalize()} is never called: validation has {count(groups, 'group')} that it "
        f"would be wrong about, and a risk of {risk:g} needs {needed}."
    )


def confused(scores: Scores) -> str:
    """Return a system's confusion in words, as the headline decides."""
    if not scores.binary:
        right = sum(row[place] for place, row in enumerate(scores.matrix))
        return f"{right:,} of {sum(map(sum, scores.matrix)):,} called rightly"
    cells, (_, positive) = scores.point.confusion, scores.classes
    return (
        f"{cells.tp} {positive} found, {cells.fn} missed, {cells.tn} others called so, {cells.fp} "
        "false alarms"
    )


def pointed(one: Localisation) -> str:
    """Say how often the heatmaps of a model hit a fracture."""
    return (
        f"the peak lies in a box in a share of {one.pointing.network} of {one.n} radiographs; at "
        f"0.5 false marks a radiograph a share of {one.sensitivity['0.5'].network} of "
        f"{one.fractures} fractures is marked"
    )


def shown(one: Localisation) -> str:
    """Say what the picture of a model's heatmaps shows."""
    by_kind = {
        "map": "the probability of a fracture at each place, and beside it Grad-CAM",
        "gradcam": (
            "what raises the probability of a class, as far as the network's last feature maps tell"
        ),
    }
    return (
        f"Heatmap of {one.model}, {called(one.kind)}: {by_kind[one.kind]}. A heatmap that "
        "looks right is no proof that it is."
    )


def elsewhere(findings: Findings) -> str:
    """Say how the system chosen does on data sets that it never saw."""
    winner = findings.winner.model
    scored = [
        f"On the data set {one.name}, which it never saw, its AUROC is "
        f"{one.parts[winner].scores['auroc']}."
        for one in findings.externals
        if winner in one.parts
    ]
    return " ".join(scored) or NO_EXTERNAL


def made_of(findings: Findings) -> str:
    """Say what the system chosen is and how its networks were trained."""
    sentences = [_network(findings, name) for name in findings.networks]
    if findings.composition:
        sentences.insert(0, f"{findings.winner.model}: {findings.composition}.")
    return " ".join(sentences)


def _network(findings: Findings, name: str) -> str:
    model, train = resolve(findings.parameters, name)
    start = f"weights of {train.weights}" if train.weights else "random weights"
    return (
        f"{name}: backbone {model.backbone} on {model.variant} radiographs, "
        f"recipe {findings.parameters['recipe']}, from {start}; {train.optimizer}, learning rate "
        f"{train.learning_rate:g}, batches of {train.batch_size}, "
        f"{count(train.frozen.epochs, 'epoch')} of the head alone and at most "
        f"{count(train.finetune.epochs, 'epoch')} of the network."
    )


def folders(findings: Findings) -> str:
    """Name the folders of the networks."""
    return listed(f"{network.folder(name)}/" for name in findings.networks)


def image_size(findings: Findings) -> int:
    """Return the side of the square that a network sees, pixels."""
    recipe = findings.parameters["recipe"]
    return int(value_at(findings.parameters, "recipes", recipe, "preprocess", "size"))


def of_each(findings: Findings, describe: Callable[[Model, Train], str]) -> Markup:
    """Describe each network of the chosen system by name, or all at once if they are alike.

    Args:
        findings: All that the run found.
        describe: A macro of the templates; its text is escaped.
    """
    found: dict[Markup, list[str]] = {}
    for name in findings.networks:
        text = Markup(describe(*resolve(findings.parameters, name)))  # noqa: S704 - escaped there
        found.setdefault(Markup(" ").join(text.split()), []).append(name)
    if len(found) == 1:
        return next(iter(found))
    named = (Markup("{}: {}").format(listed(names), text) for text, names in found.items())
    return Markup(" ").join(named)


def commands(findings: Findings) -> str:
    """Name the commands that predict."""
    stages = [f"predict {name}" for name in findings.networks]
    if findings.composition:
        stages.append("compose")
    return listed(f"python -m stages.{stage}" for stage in stages)
