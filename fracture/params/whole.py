"""params.yaml as a whole: every section, and what the sections say of one another."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from fracture.backbones.table import BACKBONES
from fracture.console import PipelineError
from fracture.params.datasets import DATASETS, chosen_dataset, external_datasets
from fracture.params.evaluate import Audit, Evaluate
from fracture.params.radiographs import Ingest, Predict, Preprocess, Variant
from fracture.params.run import PLAIN, RECIPE, chosen
from fracture.params.section import PATH, Section, require
from fracture.params.split import Gate, Split
from fracture.params.systems import compositions
from fracture.params.targets import TargetSection
from fracture.params.train import Seed, Seeds, Train, has_boxes, resolve, training_of


class Track(Section):
    """Where runs are recorded, and which networks are copied there."""

    experiment: Annotated[str, Field(min_length=1)]
    networks: Literal["none", "headline", "all"]


Names = Annotated[list[str], Field(min_length=1)]


class Recipe(Section):
    """How big a run is.

    Attributes:
        run: The systems of a run, where the key `run` does not name others.
        builds: Backbones that are built and not trained; see stages/build.py.
        preprocess: How large a radiograph is.
        predict: How a network sees it.
        train: How networks are trained, where it is not as the section `train` says.
    """

    run: Names
    builds: list[str]
    preprocess: Preprocess
    predict: Predict
    train: dict[str, Any]


class Parameters(Section):
    """The top level of params.yaml."""

    dataset: str
    recipe: str
    run: list[str] | str
    runs: dict[str, Names]
    model: str
    data_seed: Seed
    training_seeds: Seeds
    datasets: dict[str, dict[str, Any]]
    ingest: Ingest
    split: Split
    audit: Audit
    gate: Gate
    variants: dict[str, Variant]
    targets: dict[str, TargetSection]
    train: Train
    recipes: dict[str, Recipe]
    models: Annotated[dict[str, dict[str, Any]], Field(min_length=1)]
    systems: dict[str, Any]
    external: dict[str, dict[str, Any]]
    evaluate: Evaluate
    track: Track


def validate(parameters: dict[str, Any]) -> Parameters:
    """Check all of params.yaml, so that no stage begins a run that a later one must refuse.

    Raises:
        PipelineError: A key is missing or unknown, a value is not allowed, or a name stands for
            nothing; the message says which, and what would be allowed.
    """
    whole = Parameters.parse(parameters, "")
    chosen_dataset(parameters)
    external_datasets(parameters)
    require(
        PLAIN, whole.variants, "the variant that pictures and ablations need, a key of variants,"
    )
    if whole.variants[PLAIN].steps:
        raise PipelineError(
            f"{PATH}: variants.{PLAIN}.steps holds steps: expected []; name another"
        )
    for name in whole.split.shipped:
        require(name, DATASETS, "split.shipped")
    for name, section in whole.datasets.items():
        require(name, DATASETS, "a key of datasets")
        DATASETS[name].parse(section, f"datasets.{name}")
    require(whole.recipe, whole.recipes, "recipe")
    compositions(parameters, [*whole.models, *whole.systems])
    for recipe, settings in whole.recipes.items():
        Train.parse(training_of(parameters, recipe), f"recipes.{recipe}.train")
        for backbone in settings.builds:
            require(backbone, BACKBONES, f"recipes.{recipe}.builds")
            require_large_enough(recipe, settings, backbone, "builds it")
    if RECIPE in whole.runs:
        raise PipelineError(
            f"{PATH}: a key of runs is {RECIPE}, which means another run: rename it"
        )
    chosen(parameters)
    for name in whole.models:
        require_possible(parameters, whole, name)
    return whole


def require_possible(parameters: dict[str, Any], whole: Parameters, name: str) -> None:
    """Require that a model can be trained in each recipe.

    Args:
        parameters: params.yaml, as read.
        whole: The same, validated.
        name: A key of `models`.

    Raises:
        PipelineError: It names what does not exist, or what cannot work together.
    """
    for recipe, settings in whole.recipes.items():
        model, train = resolve(parameters, name, recipe)
        require(model.backbone, BACKBONES, f"models.{name}.backbone")
        require_large_enough(recipe, settings, model.backbone, f"models.{name} has it")
        if train.weights == "imagenet" and BACKBONES[model.backbone].weights is None:
            raise PipelineError(
                f"models.{name} with recipes.{recipe}.train: weights is imagenet, but none are "
                f"published for {model.backbone}; set null or the path of a weights file"
            )
        if train.localise.stride and not has_boxes(parameters, model):
            raise PipelineError(
                f"models.{name} with recipes.{recipe}.train: localise.stride asks for a fracture "
                f"map, but its target is {model.target}: set localise.stride to 0"
            )
        for mistake in without_effect(train):
            raise PipelineError(f"models.{name} with recipes.{recipe}.train: {mistake}")
    require(model.variant, whole.variants, f"models.{name}.variant")
    for target in model.targets:
        require(target, whole.targets, f"models.{name}.target")


def without_effect(train: Train) -> Iterator[str]:
    """Yield what a model asks for and would not get, each with what to do."""
    if train.head.normalize and not train.frozen.epochs:
        yield (
            "head.normalize takes its mean and deviation from the features of the frozen phase, "
            "but frozen.epochs is 0: set head.normalize to false"
        )
    if train.optimizer == "adam" and train.weight_decay:
        yield (
            f"weight_decay is {train.weight_decay}, but optimizer is adam, which has none: set "
            "optimizer to adamw or weight_decay to 0"
        )
    if train.schedule == "constant" and train.warmup:
        yield (
            f"warmup is {train.warmup}, but schedule is constant: set schedule to cosine or "
            "warmup to 0"
        )


def require_large_enough(recipe: str, settings: Recipe, backbone: str, why: str) -> None:
    """Require that a backbone can see radiographs of the size of a recipe.

    Args:
        recipe: Its name.
        settings: Its section.
        backbone: A row of the table of backbones.
        why: Who wants that, for the error.

    Raises:
        PipelineError: They are too small.
    """
    size, least = settings.preprocess.size, BACKBONES[backbone].minimum_size
    if size < least:
        raise PipelineError(
            f"recipes.{recipe}.preprocess.size is {size}, but {backbone} needs at least {least} "
            f"({why}): raise it or remove this backbone"
        )
