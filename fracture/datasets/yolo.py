"""YOLO's annotations: a text file beside each image, with boxes as shares of the image's sides."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

from PIL import Image
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from fracture.console import PipelineError
from fracture.datasets.tree import File
from fracture.imaging.unreadable import warnings_held

IMAGES, LABELS = "images", "labels"
CLASS_LISTS = ("data.yaml", "data.yml", "dataset.yaml", "meta.yaml")
BOX = (
    4  # numbers behind the class: the middle, width and height; more are the corners of an outline
)

Boxes = tuple[tuple[float, float, float, float], ...]


def class_lists(files: Iterable[File]) -> list[str]:
    """Return the paths of the files that may name the classes, sorted."""
    return [file.path for file in files if PurePosixPath(file.path).name.lower() in CLASS_LISTS]


def class_number(root: Path, lists: Sequence[str], name: str, known: Sequence[str]) -> int:
    """Return the number that a class has in the annotations.

    Args:
        root: Of the data set.
        lists: As `class_lists` returns them.
        name: The class.
        known: The classes in order where no list names them.

    Raises:
        PipelineError: A list cannot be read, or the lists give the class no number or several.
    """
    found = {source: names for source in lists if (names := _names(root / source))}
    numbers = {
        number
        for names in found.values() or [dict(enumerate(known))]
        for number, text in names.items()
        if text.casefold() == name
    }
    if len(numbers) != 1:
        raise PipelineError(
            f"{' and '.join(str(root / source) for source in found)} give the class {name} "
            f"{len(numbers)} numbers, expected one: mend their names"
        )
    return numbers.pop()


def _names(source: Path) -> dict[int, str]:
    """Return the classes in a list by their number; empty where it names none."""
    try:
        content = YAML(typ="safe").load(source.read_text(encoding="utf-8"))
    except (OSError, ValueError, YAMLError):
        raise PipelineError(f"{source} is no YAML file: mend or remove it") from None
    names = content.get("names") if isinstance(content, Mapping) else None
    pairs = names.items() if isinstance(names, Mapping) else enumerate(names or [])
    return {int(number): str(text) for number, text in pairs}


def label_files(files: Iterable[File]) -> list[str]:
    """Return the paths of the text files in a folder called labels, sorted."""
    paths = [PurePosixPath(file.path) for file in files]
    return [str(path) for path in paths if path.suffix == ".txt" and LABELS in path.parent.parts]


def pair(images: Iterable[str], labels: Collection[str]) -> dict[str, str]:
    """Return the text file of each image that has one.

    Args:
        images: Paths. That of the text has labels for the last folder called images.
        labels: As `label_files` returns them; one of another place is taken by its name.
    """
    by_stem = defaultdict(list)
    for label in labels:
        by_stem[PurePosixPath(label).stem].append(label)
    labels = set(labels)
    pairs = {}
    for image in images:
        path = PurePosixPath(image).with_suffix(".txt")
        before, folder, after = f"/{path}".rpartition(f"/{IMAGES}/")
        usual = f"{before}/{LABELS}/{after}".lstrip("/") if folder else ""
        if usual in labels:
            pairs[image] = usual
        elif path.stem in by_stem:
            pairs[image] = by_stem[path.stem][0]
    return pairs


def boxes(source: Path, image: Path, number: int) -> Boxes:
    """Return the boxes of a class, in pixels of the image; none of an image that cannot be opened.

    Args:
        source: The text file: class, middle across and down, width and height in each line, or
            class and the corners of an outline.
        image: Of which the header is read.
        number: Of the class.

    Raises:
        PipelineError: A line is no such line.
    """
    try:
        lines = [line.split() for line in source.read_text(encoding="utf-8").splitlines()]
        shares = [
            _bounds([float(text) for text in texts])
            for first, *texts in filter(None, lines)
            if int(float(first)) == number
        ]
    except (OSError, ValueError) as error:
        raise PipelineError(f"{source} is no YOLO annotation ({error})") from None
    size = _size(image) if shares else None
    if size is None:
        return ()
    width, height = size
    return tuple(
        (left * width, top * height, right * width, bottom * height)
        for left, top, right, bottom in shares
    )


def _bounds(numbers: Sequence[float]) -> tuple[float, float, float, float]:
    if len(numbers) == BOX:
        across, down, width, height = numbers
        return across - width / 2, down - height / 2, across + width / 2, down + height / 2
    if len(numbers) < BOX or len(numbers) % 2:
        raise ValueError(f"{len(numbers)} numbers behind a class")
    return min(numbers[::2]), min(numbers[1::2]), max(numbers[::2]), max(numbers[1::2])


def _size(image: Path) -> tuple[int, int] | None:
    try:
        with warnings_held(), Image.open(image) as opened:
            return opened.size
    except Exception:  # whatever a damaged file makes Pillow stumble over: ingest names it
        return None
