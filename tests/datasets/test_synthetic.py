import hashlib
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError
from fracture.datasets import synthetic
from fracture.datasets.synthetic.fractures import KINDS
from fracture.imaging.decode import read_grey
from fracture.params.datasets import Synthetic
from tests.datasets import drawn

SECTION = drawn.SECTION.model_copy(
    update={"patients": 40, "implant_rate": 0.3, "duplicate_rate": 0.1}
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("synthetic") / "drawn"
    synthetic.draw(SECTION, folder, seed=0)
    return folder


@pytest.fixture(scope="module")
def radiographs(root: Path) -> list[Radiograph]:
    return synthetic.read(SECTION, root)


@pytest.fixture(scope="module")
def pixels(root: Path, radiographs: list[Radiograph]) -> dict[str, np.ndarray]:
    return {radiograph.id: read_grey(root / radiograph.path) for radiograph in radiographs}


def of_originals(radiographs: list[Radiograph]) -> list[Radiograph]:
    return [radiograph for radiograph in radiographs if number_of(radiograph) <= SECTION.patients]


def of_copies(radiographs: list[Radiograph]) -> list[Radiograph]:
    return [radiograph for radiograph in radiographs if number_of(radiograph) > SECTION.patients]


def number_of(radiograph: Radiograph) -> int:
    return int(radiograph.patient[1:])


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def small(patients: int = 20) -> Synthetic:
    return SECTION.model_copy(update={"patients": patients})


def test_same_seed_gives_the_same_bytes_and_another_seed_other_images(tmp_path: Path) -> None:
    for name, seed in (("one", 5), ("two", 5), ("other", 6)):
        synthetic.draw(small(), tmp_path / name, seed)
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")
    images = [
        {digest for name, digest in hashes(tmp_path / folder).items() if name != "index.csv"}
        for folder in ("one", "other")
    ]
    assert len(images[0]) > 20
    assert images[0].isdisjoint(images[1])


def test_one_core_draws_what_two_draw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for workers in (1, 2):
        monkeypatch.setattr("os.cpu_count", lambda workers=workers: workers)
        synthetic.draw(small(), tmp_path / str(workers), seed=1)
    assert hashes(tmp_path / "1") == hashes(tmp_path / "2")


def test_more_patients_leave_the_first_ones_as_they_are(tmp_path: Path, root: Path) -> None:
    synthetic.draw(small(), tmp_path / "few", seed=0)
    few, many = hashes(tmp_path / "few" / "images"), hashes(root / "images")
    firsts = {name: digest for name, digest in few.items() if int(name[1:6]) <= 20}
    assert firsts == {name: many[name] for name in firsts}


def test_the_folder_is_replaced_whole(tmp_path: Path) -> None:
    folder = tmp_path / "drawn"
    folder.mkdir()
    (folder / "stale.png").write_bytes(b"from before")
    synthetic.draw(small(), folder, seed=0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["drawn"]
    assert sorted(path.name for path in folder.iterdir()) == ["images", "index.csv"]


def test_the_index_names_each_file_once(root: Path, radiographs: list[Radiograph]) -> None:
    assert len({radiograph.id for radiograph in radiographs}) == len(radiographs)
    files = {f"images/{path.name}" for path in (root / "images").iterdir()}
    assert {radiograph.path for radiograph in radiographs} == files


def test_what_a_file_tells_is_left_to_the_reading_of_files(radiographs: list[Radiograph]) -> None:
    found = {
        (row.dataset, row.width, row.height, row.sha256, row.pixels_sha256, row.group)
        for row in radiographs
    }
    assert found == {("synthetic", 0, 0, "", "", "")}


def test_images_are_grey_contrasted_and_of_varied_shape(pixels: dict[str, np.ndarray]) -> None:
    shapes = {image.shape for image in pixels.values()}
    assert all(image.dtype == np.uint8 and image.ndim == 2 for image in pixels.values())
    assert all(min(shape) >= 220 and max(shape) <= 420 for shape in shapes)
    assert len(shapes) > len(pixels) / 2
    assert {height > width for height, width in shapes} == {True, False}
    assert min(np.ptp(np.percentile(image, [5, 99.5])) for image in pixels.values()) > 50


def test_both_classes_all_views_and_enough_body_parts(radiographs: list[Radiograph]) -> None:
    assert {radiograph.fractured for radiograph in radiographs} == {True, False}
    assert {radiograph.view for radiograph in radiographs} == {"frontal", "lateral"}
    assert len({radiograph.body_part for radiograph in radiographs}) >= 5
    assert {radiograph.flags for radiograph in radiographs} == {(), ("hardware",)}


def test_a_fracture_has_a_box_within_the_image_and_nothing_else_has(
    radiographs: list[Radiograph], pixels: dict[str, np.ndarray]
) -> None:
    for radiograph in radiographs:
        assert bool(radiograph.boxes) == radiograph.fractured
        height, width = pixels[radiograph.id].shape
        for left, top, right, bottom in radiograph.boxes:
            assert 0 <= left < right <= width
            assert 0 <= top < bottom <= height
            assert min(right - left, bottom - top) >= 8
            assert (right - left) * (bottom - top) < 0.5 * height * width


def test_the_kind_of_a_fracture_is_a_further_label(radiographs: list[Radiograph]) -> None:
    kinds: dict[bool, set[str]] = defaultdict(set)
    for radiograph in radiographs:
        ((name, kind),) = radiograph.labels
        assert name == "fracture_kind"
        kinds[radiograph.fractured].add(kind)
    assert kinds[False] == {"none"}
    assert {"displaced", "comminuted"} <= kinds[True] <= set(KINDS)


def test_a_study_is_one_patients_one_body_part_and_one_label(
    radiographs: list[Radiograph],
) -> None:
    studies: dict[str, list[Radiograph]] = defaultdict(list)
    patients: dict[str, set[str]] = defaultdict(set)
    for radiograph in of_originals(radiographs):
        studies[radiograph.study].append(radiograph)
        patients[radiograph.patient].add(radiograph.study)
    assert len(patients) == SECTION.patients
    assert {len(found) for found in patients.values()} <= {1, 2, 3}
    assert {len(views) for views in studies.values()} == {1, 2}
    for views in studies.values():
        shared = {
            (view.patient, view.fractured, view.body_part, view.flags, view.labels)
            for view in views
        }
        assert len(shared) == 1
        assert len({view.view for view in views}) == len(views)


def test_copies_are_told_by_their_pixels_alone(
    root: Path, radiographs: list[Radiograph], pixels: dict[str, np.ndarray]
) -> None:
    originals, copies = of_originals(radiographs), of_copies(radiographs)
    assert len(copies) == round(SECTION.duplicate_rate * len(originals))
    by_pixels = {pixels[original.id].tobytes(): original for original in originals}
    assert len(by_pixels) == len(originals)
    same_bytes = []
    for copy in copies:
        original = by_pixels[pixels[copy.id].tobytes()]
        assert copy.patient != original.patient
        assert copy.study != original.study
        for what in ("fractured", "boxes", "body_part", "view", "flags", "labels"):
            assert getattr(copy, what) == getattr(original, what)
        same_bytes.append((root / copy.path).read_bytes() == (root / original.path).read_bytes())
    assert set(same_bytes) == {True, False}


@pytest.mark.parametrize(("rate", "fractured"), [(0.0, {False}), (1.0, {True})])
def test_the_fracture_rate_is_that_of_studies(
    rate: float, fractured: set[bool], tmp_path: Path
) -> None:
    section = small().model_copy(update={"fracture_rate": rate})
    synthetic.draw(section, tmp_path / "drawn", seed=0)
    drawn = synthetic.read(section, tmp_path / "drawn")
    assert {radiograph.fractured for radiograph in drawn} == fractured


def test_reading_what_was_not_drawn_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match=r"no .*index\.csv: draw .* `dvc repro ingest`"):
        synthetic.read(SECTION, tmp_path)
