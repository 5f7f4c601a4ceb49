"""MURA: 40,005 public radiographs of the upper limb, each study called normal or abnormal."""

import re
from collections import defaultdict
from pathlib import Path, PurePosixPath

from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError
from fracture.datasets.findings import Finding
from fracture.datasets.tree import File, leave_out_file, read_tree, with_the_rest
from fracture.params.datasets import Mura
from fracture.tables import read_lines
from fracture.targets import KEYS

SHIPPED = {"train": "train", "valid": "test"}
LABELS = {"positive": KEYS[1], "negative": KEYS[0]}
MARKS = {"1": KEYS[1], "0": KEYS[0]}
LAYOUT = re.compile(
    r"(?P<study>(?P<part>train|valid)/XR_(?P<body_part>[A-Z]+)/(?P<patient>patient\d+)"
    r"/study\d+_(?P<label>positive|negative))/[^/]+"
)
DOWNLOAD = (
    "ask Stanford for MURA-v1.1 at https://stanfordmlgroup.github.io/competitions/mura, unpack it, "
    "and set datasets.mura.root to the folder that holds train and valid"
)

LISTS = ("image_paths.csv", "labeled_studies.csv")
"""What the lists are called, behind the part and an underscore."""

MISPLACED = "not where MURA has its images"
UNLISTED = "not in *_image_paths.csv"
UNLISTED_STUDY = "study not in *_labeled_studies.csv"
DISAGREEMENT = "class folder and *_labeled_studies.csv disagree on the label"
WITHOUT_IMAGES = "study without images"


def read(section: Mura, root: Path) -> list[Finding]:  # noqa: ARG001 - every reader takes it
    """Return what MURA v1.1 names in its folders and lists, and what else lies there, by id.

    36,808 images of 13,457 studies and 11,184 patients for training, 3,197 of 1,199 and 783 for
    validation: elbow, finger, forearm, hand, humerus, shoulder and wrist. The public validation set
    is the customary test set, scored by study, and is `shipped` as test.

    The label is not "fracture". Radiologists of Stanford Hospital called each study normal or
    abnormal in their clinical work from 2001 to 2012, and hardware, arthritis and lesions count as
    abnormal too. All images of a study bear the study's label, also those that show nothing.

    The folders alone tell everything. The four lists (`*_image_paths.csv`, `*_labeled_studies.csv`)
    are checked against them: what they contradict, miss or name in vain is left out.

    Not for redistribution: Stanford grants access on request, for research that is not commercial.

    Args:
        section: `datasets.mura` of params.yaml.
        root: The folder that holds train/, valid/ and the lists.

    Raises:
        PipelineError: A folder is missing, or a list is no list of paths or labels.

    Reference:
        Rajpurkar et al., "MURA: Large Dataset for Abnormality Detection in Musculoskeletal
        Radiographs", MIDL 2018, arXiv:1712.06957.
    """
    for part in SHIPPED:
        if not (root / part).is_dir():
            raise PipelineError(f"no folder {root / part}, where MURA is expected: {DOWNLOAD}")
    files = read_tree(root)
    images = {file.path: file for file in files if file.radiograph and file.writable}
    findings: list[Finding] = []
    for part in SHIPPED:
        listed = _listed_images(root, part)
        labels = _listed_labels(root, part)
        named = {path for path in images if path.startswith(f"{part}/")} | (listed or set())
        findings += [
            _finding(path, images.get(path), listed is None or path in listed, labels)
            for path in sorted(named)
        ]
        findings += _without_images(labels or {}, named)
    lists = [f"{part}_{name}" for part in SHIPPED for name in LISTS]
    return with_the_rest(findings, files, MISPLACED, lists)


def _is_image(name: str) -> bool:
    """Return whether a name is an image's; macOS leaves others, such as `._image1.png`."""
    return name.lower().endswith(".png") and not name.startswith("._")


def _listed_images(root: Path, part: str) -> set[str] | None:
    """Return the paths in the list of images; None without a list."""
    lines = _lines(root / f"{part}_{LISTS[0]}", 1, part)
    if lines is None:
        return None
    return {path for path, *_ in lines if _is_image(path.rpartition("/")[2])}


def _listed_labels(root: Path, part: str) -> dict[str, set[str]] | None:
    """Return the labels in the list of studies: one each, unless it contradicts itself."""
    source = root / f"{part}_{LISTS[1]}"
    lines = _lines(source, 2, part)
    if lines is None:
        return None
    labels = defaultdict(set)
    for study, mark in lines:
        if mark not in MARKS:
            raise PipelineError(f"{source}: the label of {study} is {mark!r}, expected 0 or 1")
        labels[study].add(MARKS[mark])
    return labels


def _lines(source: Path, width: int, part: str) -> list[list[str]] | None:
    """Return the lines of a list, its paths relative to the root; None where it is absent.

    Some copies have a header, which holds no path; some paths begin with `MURA-v1.1/`, those of
    studies end with `/`.
    """
    if not source.exists():
        return None
    first, *others = read_lines(source, DOWNLOAD)
    if len(first) != width:
        raise PipelineError(f"{source} has {len(first)} columns, expected {width}: {DOWNLOAD}")
    lines = [first, *others] if "/" in first[0] else others
    return [[_relative(path, part, source), *marks] for path, *marks in lines]


def _relative(path: str, part: str, source: Path) -> str:
    before, separator, after = path.strip().rstrip("/").rpartition(f"{part}/XR_")
    if not separator or (before and not before.endswith("/")):
        raise PipelineError(
            f"{source} names {path!r}, expected a path such as MURA-v1.1/{part}/XR_ELBOW/..."
        )
    return f"{part}/XR_{after}"


def _finding(
    path: str, file: File | None, listed: bool, labels: dict[str, set[str]] | None
) -> Finding:
    name = path.removesuffix(PurePosixPath(path).suffix)
    match = LAYOUT.fullmatch(path)
    if match is None:
        return leave_out_file(file, MISPLACED, name) if file else LeftOut(name, "missing")
    label = LABELS[match["label"]]
    if file is None:
        return LeftOut(name, "missing", label=label)
    listed_labels = {label} if labels is None else labels.get(match["study"], set())
    if file.fault or not listed or not listed_labels:
        return leave_out_file(file, UNLISTED if not listed else UNLISTED_STUDY, name, label)
    if listed_labels != {label}:
        return LeftOut(name, DISAGREEMENT, path)
    return Radiograph(
        id=name,
        path=path,
        fractured=label == KEYS[1],
        body_part=match["body_part"].lower(),
        patient=match["patient"],
        study=match["study"],
        dataset="mura",
        shipped=SHIPPED[match["part"]],
    )


def _without_images(labels: dict[str, set[str]], named: set[str]) -> list[LeftOut]:
    studies = {path.rpartition("/")[0] for path in named}
    return [
        LeftOut(study, WITHOUT_IMAGES, label=min(labels[study]) if len(labels[study]) == 1 else "")
        for study in labels
        if study not in studies
    ]
