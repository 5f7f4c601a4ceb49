from collections.abc import Iterator
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from PIL import Image

from fracture.artifacts.duplicates import Pair
from fracture.artifacts.left_out import LeftOut
from fracture.auditing.audit import found_table
from fracture.imaging.decode import read_grey
from fracture.imaging.unreadable import UnreadableImage
from fracture.presenting import audit_sheets
from fracture.presenting.audit_sheets import UNREADABLE, thumbnail
from fracture.presenting.figures import BLUE, VERMILION
from tests.auditing.examples import KEPT, LEFT_OUT, PAIRS, save_files

NOISE = np.random.default_rng(0).integers(0, 256, (128, 64), np.uint8)
FOUND = found_table(KEPT, LEFT_OUT, PAIRS)


@pytest.fixture(autouse=True)
def root(tmp_path: Path) -> Iterator[Path]:
    save_files(tmp_path)
    yield tmp_path
    plt.close("all")


def titles(figure: Figure) -> list[str]:
    return [axes.get_title().strip() for axes in figure.axes if axes.images]


def image(axes: Axes) -> np.ndarray:
    return np.asarray(axes.images[0].get_array())


def headings(figure: Figure) -> list[str]:
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def test_opposite_labels_stand_side_by_side(root: Path) -> None:
    figure = audit_sheets.opposite_labels(FOUND, root)
    assert titles(figure) == [
        "r00\nfractured", "x3\nnot fractured", "x1\nfractured", "x2\nnot fractured"
    ]  # fmt: skip
    assert headings(figure) == ["one exposure, 3 files", "one exposure, 2 files"]
    assert figure.get_suptitle() == "Exposures with opposite labels: 2"
    for axes, colour in zip(figure.axes, [VERMILION, BLUE] * 2, strict=True):
        assert same_color(axes.title.get_color(), colour)
    np.testing.assert_array_equal(image(figure.axes[0]), thumbnail(root / "images/r00.png"))


def test_the_least_alike_pairs_come_first(root: Path) -> None:
    figure = audit_sheets.duplicates(PAIRS, FOUND, root)
    assert headings(figure) == [
        "near-duplicates, correlation 0.970",
        "near-duplicates, correlation 0.980",
        "near-duplicates, correlation 0.995",
        "identical pixels",
    ]
    assert titles(figure)[:2] == ["r00\nfractured", "r04\nfractured"]
    assert figure.get_suptitle() == ("Pairs of one exposure: 1 identical pixels, 3 near-duplicates")


def test_a_long_list_says_how_much_of_it_is_shown(root: Path) -> None:
    pairs = [Pair("r00", f"r{n:02}", "near", 0.9) for n in range(1, 20)]
    figure = audit_sheets.duplicates(pairs, FOUND, root)
    assert len(headings(figure)) == 12
    assert figure.get_suptitle().endswith("19 near-duplicates (shown: 12)")


def test_each_reason_has_a_row(root: Path) -> None:
    figure = audit_sheets.left_out(LEFT_OUT, root)
    assert headings(figure) == [
        "missing\n\n1 left out", "opposite labels\n\n2 left out", "truncated\n\n1 left out"
    ]  # fmt: skip
    rows = [titles(figure)[start : start + 6] for start in (0, 6, 12)]
    assert rows == [
        ["", "x4\nlabel unknown", "", "", "", ""],
        ["", "x1\nfractured", "x2\nnot fractured", "", "", ""],
        ["", "x3\nnot fractured", "", "", "", ""],
    ]
    np.testing.assert_array_equal(image(figure.axes[1]), UNREADABLE)
    assert not np.array_equal(image(figure.axes[13]), UNREADABLE)


def test_a_frequent_reason_shows_five(root: Path) -> None:
    left_out = [LeftOut(f"r{n:02}", "odd", f"images/r{n:02}.png") for n in range(20)]
    figure = audit_sheets.left_out(left_out[::-1], root)
    assert [title[:3] for title in titles(figure)] == ["", "r00", "r01", "r02", "r03", "r04"]
    assert headings(figure) == ["odd\n\n20 left out"]


def test_nothing_to_show_is_said(root: Path) -> None:
    nothing = [
        audit_sheets.opposite_labels(found_table(KEPT, [], []), root),
        audit_sheets.duplicates([], FOUND, root),
        audit_sheets.left_out([], root),
    ]
    assert [[text.get_text() for text in figure.texts] for figure in nothing] == [
        ["no duplicates with opposite labels"], ["no duplicates"], ["no radiograph was left out"]
    ]  # fmt: skip


def test_a_whole_radiograph_stands_at_the_top_of_a_white_square(tmp_path: Path) -> None:
    Image.fromarray(np.full((50, 100), 40, np.uint8)).save(tmp_path / "wide.png")
    seen = thumbnail(tmp_path / "wide.png")
    assert seen.shape == (256, 256)
    assert (seen[:128] == 40).all()
    assert (seen[128:] == 255).all()


@pytest.mark.parametrize("name", ["cut.png", "cut.jpg"])
def test_what_is_left_of_a_file_is_shown(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    Image.fromarray(NOISE).save(file)
    Image.fromarray(NOISE).save(tmp_path / f"whole{name}")
    file.write_bytes(file.read_bytes()[: file.stat().st_size * 3 // 4])
    with pytest.raises(UnreadableImage):
        read_grey(file)
    seen, whole = thumbnail(file), thumbnail(tmp_path / f"whole{name}")
    np.testing.assert_array_equal(seen[:100], whole[:100])
    assert not np.array_equal(seen, whole)


@pytest.mark.parametrize("content", [b"", b"no image", b"\x89PNG\r\n\x1a\nno image"])
def test_what_shows_nothing_is_grey(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(content)
    np.testing.assert_array_equal(thumbnail(tmp_path / "file"), UNREADABLE)
    np.testing.assert_array_equal(thumbnail(tmp_path / "absent"), UNREADABLE)
    np.testing.assert_array_equal(thumbnail(tmp_path), UNREADABLE)  # a folder, as for an empty path
