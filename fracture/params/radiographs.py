"""The sections of params.yaml on what is done to a radiograph, from admission to prediction."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from fracture.params.section import Fraction, Section, value_at

Action = Literal["exclude", "keep", "fail"]


class Ingest(Section):
    """What is done with a radiograph that has a fault, and where the fault begins.

    Used by fracture/examining/admission.py and fracture/examining/examine.py.

    Attributes:
        truncated: Cut short; where kept, what is missing is grey or black.
        tiny: Shorter side below `smallest_side`, pixels.
        uniform: Standard deviation below `least_deviation`, grey levels.
        colour: Channels apart by more than `largest_chroma`, grey levels, on average.
        frames: Of several pages or frames; where kept, the first is taken.
        depth: Its values leave four or more of the bits empty that it says are in use, or that the
            data set's other files of 16 bits use: a picture of another depth, or none.
        burned_in: A DICOM header says that text which may tell who it is stands in the pixels.
        secondary_capture: A DICOM header says that it was taken from a screen, a page or another
            picture. An export that was made anonymous may call all of its radiographs so.
        modality: A DICOM header names another modality than those of radiography.
        conflicting_labels: The same exposure stands in the data set under opposite labels.
        nobody: Ids of patients and studies that mean none, in any case and punctuation.
    """

    truncated: Action
    tiny: Action
    uniform: Action
    colour: Action
    frames: Action
    depth: Action
    burned_in: Action
    secondary_capture: Action
    modality: Action
    conflicting_labels: Action
    smallest_side: Annotated[int, Field(ge=1)]
    least_deviation: Annotated[float, Field(ge=0)]
    largest_chroma: Annotated[float, Field(ge=0)]
    nobody: tuple[str, ...]


class Preprocess(Section):
    """How large a packed radiograph is: `size`, the side of the square in pixels.

    Used by fracture/imaging/variant.py.
    """

    size: Annotated[int, Field(ge=16, le=2048)]


class Edges(Section):
    """How edges are found, after Canny (1986): what the steps that use them have in common.

    Used by fracture/imaging/variant.py.

    Attributes:
        step: Names the step.
        blur: Standard deviation of the Gaussian before edge detection, pixels; 0 for none.
        low: Lower hysteresis threshold on the gradient, of at most 1020 for 8 bits.
        high: Upper threshold.
    """

    step: str
    blur: Annotated[float, Field(ge=0, le=20)]
    low: Annotated[float, Field(ge=0, le=1020)]
    high: Annotated[float, Field(ge=0, le=1020)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError(
                f"{self.step}: low is {self.low}, above high, {self.high}: exchange them"
            )
        return self


class Canny(Edges):
    """A step of a variant: edges blended into the radiograph.

    Attributes:
        blend: Share of the edges, 0 to 1; the rest is the radiograph's.
    """

    step: Literal["canny"]
    blend: Fraction


class CannyChannel(Edges):
    """A step of a variant, the last one: edges as a channel of their own beside the radiograph."""

    step: Literal["canny_channel"]


class Clahe(Section):
    """A step of a variant: contrast made equal from tile to tile.

    Used by fracture/imaging/variant.py.

    Attributes:
        step: Names the step.
        clip: Most that a grey level's share of a tile may be, as a multiple of an even share.
        tiles: Along each side of the radiograph.
    """

    step: Literal["clahe"]
    clip: Annotated[float, Field(gt=0, le=256)]
    tiles: Annotated[int, Field(ge=1, le=64)]


Step = Annotated[Canny | CannyChannel | Clahe, Field(discriminator="step")]
"""One thing that is done to a scaled radiograph before it is padded."""


class Variant(Section):
    """What is done to a scaled radiograph, step after step."""

    steps: tuple[Step, ...]

    @model_validator(mode="after")
    def _channels_come_last(self) -> Self:
        if any(isinstance(step, CannyChannel) for step in self.steps[:-1]):
            raise ValueError("canny_channel: found before other steps, expected last: move it")
        return self


class Augmentation(Section):
    """Random changes to a training radiograph; each is a bound, drawn from on both sides.

    Used by fracture/imaging/augmentation.py.

    Attributes:
        rotation: Degrees.
        shift: Share of the side.
        zoom: Share of the size.
        shear: Shift of a row against the next, pixels.
        flip: Which mirror images there are.
        brightness: Share of the range of grey levels.
        contrast: Share of the distance to the mean.
        gamma: Of the exponent's logarithm, as another exposure curve.
        sharpness: From blurred, -1, to sharpened, 1, as other processing.
        noise: Largest standard deviation, grey levels, as a lower dose; from 0 alone.
        jpeg: Lowest quality of a compression with loss, up to 100; 0: none is compressed.
    """

    rotation: Annotated[float, Field(ge=0, le=180)]
    shift: Fraction
    zoom: Annotated[float, Field(ge=0, lt=1)]
    shear: Annotated[float, Field(ge=0, le=1)]
    flip: Literal["none", "horizontal", "vertical", "both"]
    brightness: Fraction
    contrast: Annotated[float, Field(ge=0, lt=1)]
    gamma: Annotated[float, Field(ge=0, le=2)]
    sharpness: Fraction
    noise: Annotated[float, Field(ge=0, le=100)]
    jpeg: Annotated[float, Field(ge=0, le=100)]


class Predict(Section):
    """How a network sees a radiograph that it did not learn from.

    Used by fracture/inference/networks.py.

    Attributes:
        mirror: Whether what it says is averaged with what it says of its mirror image.
    """

    mirror: bool


def predicting(parameters: dict[str, Any]) -> Predict:
    """Return the section of the chosen recipe.

    Raises:
        PipelineError: It is missing, or a key or value is not allowed.
    """
    return Predict.read(parameters, "recipes", value_at(parameters, "recipe"), "predict")
