"""What the benchmark of training draws, plants and compares."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from benchmarks.train.drawn import draw, plant, split
from benchmarks.train.trained import Trained, area, gain, sample
from fracture.console import PipelineError


@given(st.data(), st.integers(0, 9))
def test_both_classes_are_drawn_and_split_in_the_same_shares(
    data: st.DataObject, seed: int
) -> None:
    labels = data.draw(st.lists(st.booleans(), min_size=1, max_size=300))
    count = data.draw(st.integers(1, len(labels)))
    parts = split(labels, count, seed)
    assert len(parts) == count
    assert set(parts) <= set(range(len(labels)))
    fractured = [part for position, part in parts.items() if labels[position]]
    others = [part for position, part in parts.items() if not labels[position]]
    assert len(fractured) == pytest.approx(count * sum(labels) / len(labels), abs=1)
    for drawn in (fractured, others):
        for part, share in (("train", 0.7), ("validation", 0.1), ("test", 0.2)):
            assert drawn.count(part) == pytest.approx(share * len(drawn), abs=2.2)  # type: ignore[arg-type]


def test_another_seed_draws_others() -> None:
    labels = [True, False] * 50
    assert split(labels, 20, 0) == split(labels, 20, 0)
    assert split(labels, 20, 0) != split(labels, 20, 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return class folders of 20 whole radiographs and one that is cut short."""
    random = np.random.default_rng(0)
    for number in range(20):
        to = tmp_path / "from" / ("Fractured" if number % 2 else "Non_fractured") / f"{number}.jpg"
        to.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(to), random.integers(0, 256, (70, 70), np.uint8))
    cut = tmp_path / "from/Fractured/cut.jpg"
    cut.write_bytes(to.read_bytes()[:1000])
    return tmp_path / "from"


def test_the_tree_holds_each_whole_radiograph_once_under_its_class(
    folder: Path, tmp_path: Path
) -> None:
    drawn = draw(folder, 20, 0)
    plant(drawn, tmp_path / "tree")
    files = sorted((tmp_path / "tree").glob("*/*/*.jpg"))
    assert {file.resolve() for file in files} == set(folder.glob("*/[0-9]*.jpg"))
    assert len(files) == 20
    for file in files:
        part, name, _ = file.relative_to(tmp_path / "tree").parts
        assert drawn.parts[file.stem] == part
        assert (
            name
            == {"Fractured": "fractured", "Non_fractured": "not_fractured"}[
                file.resolve().parent.name
            ]
        )


def test_too_few_radiographs_are_told(folder: Path) -> None:
    with pytest.raises(PipelineError, match="holds 20 whole radiographs: ask for that many"):
        draw(folder, 21, 0)


def test_the_gain_is_the_difference_of_the_areas_on_the_same_radiographs() -> None:
    random = np.random.default_rng(0)
    labels = {f"{number:02}": bool(number % 3 == 0) for number in range(60)}
    good = {name: 0.3 * fractured + random.random() / 2 for name, fractured in labels.items()}
    poor = {name: random.random() for name in reversed(labels)}
    ours, theirs = (sample(Trained({"all": 1.0}, of), labels) for of in (good, poor))
    expected = [
        roc_auc_score([labels[name] for name in of], list(of.values())) for of in (good, poor)
    ]
    assert [area(ours), area(theirs)] == pytest.approx(expected)
    value, low, high = gain(ours, theirs, 500, 0.95)
    assert value == pytest.approx(expected[0] - expected[1])
    assert low < value < high
    assert gain(ours, ours, 500, 0.95) == (0, 0, 0)


def test_seconds_are_summed() -> None:
    assert Trained({"packing": 1.5, "training": 2.0}, {}).total == 3.5
