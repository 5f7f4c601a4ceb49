"""The sections of params.yaml that say how a network is trained, and what a model overrides."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from fracture.console import PipelineError
from fracture.params.radiographs import Augmentation
from fracture.params.section import PATH, Place, Section, require, value_at
from fracture.targets import FRACTURED

Epochs = Annotated[int, Field(ge=0, le=10_000)]
Positive = Annotated[float, Field(gt=0)]
Seed = Annotated[int, Field(ge=0, lt=2**31)]


def _distinct(seeds: list[int]) -> list[int]:
    if len(set(seeds)) < len(seeds):
        raise ValueError(f"training_seeds is {seeds}: expected each seed once")
    return seeds


Seeds = Annotated[list[Seed], Field(min_length=1), AfterValidator(_distinct)]
"""Each model is trained once for each seed."""


class Head(Section):
    """What stands on the backbone: pooling, optional standardisation, hidden layers, one output.

    Used by fracture/training/network.py.
    """

    pooling: Literal["average", "max"]
    normalize: bool
    units: list[Annotated[int, Field(ge=1)]]
    dropout: Annotated[float, Field(ge=0, lt=1)]


class Frozen(Section):
    """The head on cached features of `views` augmented views; patience 0 never stops early.

    Used by fracture/training/training.py.
    """

    epochs: Epochs
    views: Annotated[int, Field(ge=1, le=1000)]
    patience: Epochs


class FineTune(Section):
    """The network itself, from the given share of its layers (or the named layer) upwards.

    Used by fracture/training/training.py.
    """

    epochs: Epochs
    unfreeze: Annotated[float, Field(gt=0, le=1)] | str
    batch_norm: Literal["frozen", "train"]
    depthwise: Literal["frozen", "train"]
    learning_rate_scale: Positive
    lowest_rate: Annotated[float, Field(gt=0, le=1)]
    patience: Epochs


class Localise(Section):
    """The fracture map: a logit for each place of the radiograph, taught by the fracture boxes.

    A recipe's is passed over by models of another target than fractures, which have no boxes.

    Used by fracture/training/pyramid.py and fracture/training/localising.py.

    Attributes:
        stride: Pixels of the radiograph between two places; 0: there is no map.
        channels: Of the maps that are joined, a multiple of 8.
        pooling: How places make the map's logit of the radiograph: the mean of the highest, a soft
            maximum, or a mean weighted by a learnt attention.
        places: How many are the highest; of `top` alone.
        box_weight: What is added to the weight of a place that a box covers.
        divisor: Of the loss, summed over the places of a radiograph.
        head_weight: Of the loss of the head alone.
    """

    stride: Literal[0, 4, 8]
    channels: Annotated[int, Field(ge=8, multiple_of=8)]
    pooling: Literal["top", "log_sum_exp", "attention"]
    places: Annotated[int, Field(ge=1)]
    box_weight: Annotated[float, Field(ge=0)]
    divisor: Positive
    head_weight: Annotated[float, Field(ge=0)]


class Train(Section):
    """How a network is trained: the section `train`, with what a recipe and a model override.

    Used by fracture/training/fitting.py, unless another file is named.

    Attributes:
        weights: `imagenet` for the published ones, None for random ones, or a file;
            fracture/training/network.py.
        scaling: What the backbone's weights expect, or to [0, 1]; fracture/training/network.py.
        batch_size: Of all devices together.
        optimizer: Adam, or AdamW, which decays weights apart from the gradient (Loshchilov and
            Hutter, ICLR 2019); neither biases nor parameters of normalisations.
        learning_rate: At its peak, in the frozen phase; fine-tuning scales it.
        weight_decay: Of AdamW, as a share of the learning rate.
        schedule: Constant, or a cosine to 0 over a phase.
        warmup: Share of a phase's steps over which the rate rises first; of the cosine alone.
        label_smoothing: How far labels are moved towards one half.
        focal: Exponent of the focal loss; 0 is cross-entropy.
        ema: Momentum of averaged weights; 0 averages none.
        class_weights: Whether both classes weigh the same in the loss;
            fracture/training/batches.py.
        precision: Keras' dtype policy; fracture/device.py.
        device: What is computed on; fracture/device.py.
        threads: Of the CPU; fracture/device.py.
        batch_norm_momentum: Of the backbone; None keeps its own; fracture/training/network.py.
        head: See `Head`.
        localise: See `Localise`.
        augmentation: See `Augmentation`.
        frozen: The first phase.
        finetune: The second phase.
    """

    weights: Place | None
    scaling: Literal["backbone", "unit"]
    batch_size: Annotated[int, Field(ge=1)]
    optimizer: Literal["adam", "adamw"]
    learning_rate: Positive
    weight_decay: Annotated[float, Field(ge=0)]
    schedule: Literal["constant", "cosine"]
    warmup: Annotated[float, Field(ge=0, lt=1)]
    label_smoothing: Annotated[float, Field(ge=0, lt=1)]
    focal: Annotated[float, Field(ge=0, le=10)]
    ema: Annotated[float, Field(ge=0, lt=1)]
    class_weights: Literal["none", "balanced"]
    precision: Literal["float32", "mixed_float16", "mixed_bfloat16"]
    device: Literal["auto", "cpu", "gpu", "all"]
    threads: Annotated[int, Field(ge=1)] | Literal["all"]
    batch_norm_momentum: Annotated[float, Field(gt=0, lt=1)] | None
    head: Head
    localise: Localise
    augmentation: Augmentation
    frozen: Frozen
    finetune: FineTune

    @model_validator(mode="after")
    def _learns(self) -> Self:
        if not self.frozen.epochs + self.finetune.epochs:
            raise ValueError("frozen.epochs and finetune.epochs are both 0: nothing is learnt")
        if self.localise.stride and not self.finetune.epochs:
            raise ValueError(
                f"localise.stride is {self.localise.stride}, but finetune.epochs is 0, and it is "
                "fine-tuning that teaches a fracture map: set one of the two"
            )
        return self


Attribute = Literal["body_part", "view"]
"""A column of which a model may know one value alone."""


class Model(Section):
    """What a model of params.yaml is made of; all else in its entry overrides the recipe.

    Attributes:
        backbone: A key of the table in fracture/backbones/table.py.
        variant: A key of `variants`.
        target: A key of `targets`: what it predicts.
        also: Further targets, each with the weight of its loss; the target's own is 1.
        where: A column and its value: the model learns from, and is scored on, these radiographs
            alone.
        per: A column, and how many training radiographs of each class one of its values must have
            to get a network of its own.
    """

    backbone: str
    variant: str
    target: str
    also: dict[str, Annotated[float, Field(gt=0)]] | None = None
    where: Annotated[dict[Attribute, str], Field(min_length=1, max_length=1)] | None = None
    per: (
        Annotated[dict[Attribute, Annotated[int, Field(ge=2)]], Field(min_length=1, max_length=1)]
        | None
    ) = None

    @property
    def targets(self) -> list[str]:
        """Keys of `targets`, its own first."""
        return [self.target, *(self.also or {})]

    @model_validator(mode="after")
    def _one_population(self) -> Self:
        if self.where and self.per:
            raise ValueError("where and per exclude each other: remove one")
        if self.target in (self.also or {}):
            raise ValueError(f"also names {self.target}, which is the target: remove it there")
        return self


def merge(base: dict[str, Any], overrides: dict[str, Any]) -> dict[str, Any]:
    """Return parameters with overrides applied, section by section.

    Args:
        base: All keys of a section.
        overrides: Some of the same keys, with other values; `recipe` keeps the value of `base`.
    """
    merged = dict(base)
    for key, value in overrides.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            merged[key] = merge(base[key], value)
        elif value != "recipe":
            merged[key] = value
    return merged


def model_named(parameters: dict[str, Any], name: str) -> Model:
    """Return what a model is made of, whatever the recipe.

    Args:
        parameters: params.yaml, as read.
        name: A key of `models`.

    Raises:
        PipelineError: There is no such model, or a value is missing or not allowed.
    """
    entry = value_at(parameters, "models", name)
    made_of = {key: entry[key] for key in Model.model_fields if key in entry}
    return Model.parse(made_of, f"models.{name}")


def resolve(
    parameters: dict[str, Any], name: str, recipe: str | None = None
) -> tuple[Model, Train]:
    """Return what a model is made of and how it is trained in a recipe, its overrides applied.

    Args:
        parameters: params.yaml, as read.
        name: A key of `models`.
        recipe: A key of `recipes`; the chosen one where it is not given.

    Raises:
        PipelineError: The model or recipe is unknown, or a key or value is not allowed.
    """
    require(name, value_at(parameters, "models"), "the model")
    recipe = recipe or value_at(parameters, "recipe")
    entry = dict(value_at(parameters, "models", name))
    in_recipe = entry.pop("recipes", {})
    for other in _keys(in_recipe, f"models.{name}.recipes"):
        require(other, value_at(parameters, "recipes"), f"a key of models.{name}.recipes")
        _keys(in_recipe[other], f"models.{name}.recipes.{other}")
    overrides = {key: value for key, value in entry.items() if key not in Model.model_fields}
    overrides = merge(overrides, in_recipe.get(recipe, {}))
    merged = merge(training_of(parameters, recipe), overrides)
    model = model_named(parameters, name)
    require(model.target, value_at(parameters, "targets"), f"models.{name}.target")
    if "localise" not in overrides and not has_boxes(parameters, model):
        merged = merge(merged, {"localise": {"stride": 0}})
    return model, Train.parse(merged, f"models.{name} with recipes.{recipe}.train")


def training_of(parameters: dict[str, Any], recipe: str) -> dict[str, Any]:
    """Return how a recipe trains: the section `train`, with what the recipe states instead.

    Args:
        parameters: params.yaml, as read.
        recipe: A key of `recipes`.

    Raises:
        PipelineError: A section is missing or holds no keys.
    """
    own = value_at(parameters, "recipes", recipe, "train")
    common = _keys(value_at(parameters, "train"), "train")
    return merge(common, _keys(own, f"recipes.{recipe}.train"))


def _keys(section: Any, where: str) -> dict[str, Any]:
    if not isinstance(section, dict):
        raise PipelineError(f"{PATH}: {where} is {section!r}; expected keys and values, or {{}}")
    return section


def has_boxes(parameters: dict[str, Any], model: Model) -> bool:
    """Return whether boxes may mark what a model predicts: they are of fractures alone.

    Args:
        parameters: params.yaml, as read; it has the model's target.
        model: Its entry.
    """
    return bool(value_at(parameters, "targets", model.target, "column") == FRACTURED)
