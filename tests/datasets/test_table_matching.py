"""Names of a table find their files, or are said to fit none, or several."""

import pytest

from fracture.datasets.table.matching import match

FILES = ["a/1.png", "a/2.png", "b/1.png", "b/c/3.jpg", "Ü/4.dcm", "5.x.png"]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("a/1.png", "a/1.png"),
        ("a/1", "a/1.png"),
        (r".\A\1.PNG", "a/1.png"),
        ("2", "a/2.png"),
        ("2.png", "a/2.png"),
        ("c/3.jpg", "b/c/3.jpg"),
        ("3", "b/c/3.jpg"),
        ("/data/export/b/c/3.jpg", "b/c/3.jpg"),
        (r"C:\export\b\1.png", "b/1.png"),
        ("U\u0308/4.dcm", "Ü/4.dcm"),
        ("5.x", "5.x.png"),
        ("1.2.3", "Ü/4.dcm"),
    ],
)
def test_a_name_finds_its_file(name: str, path: str) -> None:
    found = match([name], FILES, {"Ü/4.dcm": "1.2.3"})
    assert (found.names, found.several, found.missing) == ({path: (name,)}, (), ())


@pytest.mark.parametrize("name", ["1", "1.png"])
def test_a_name_that_fits_several_files_is_told(name: str) -> None:
    assert match([name], FILES, {}).several == (name,)


@pytest.mark.parametrize("name", ["9", "c/1.png", "a/1.jpg", "a", ""])
def test_a_name_that_fits_no_file_is_missing(name: str) -> None:
    assert match([name], FILES, {}).missing == (name,)


def test_several_names_of_one_file_come_together() -> None:
    names = ["2", "a/2.png", "1.2.3", "2"]
    assert match(names, FILES, {"a/2.png": "1.2.3"}).names == {"a/2.png": ("2", "a/2.png", "1.2.3")}


def test_files_of_one_uid_are_all_found() -> None:
    found = match(["1.2.3"], FILES, {"a/1.png": "1.2.3", "b/1.png": "1.2.3"})
    assert found.names == {"a/1.png": ("1.2.3",), "b/1.png": ("1.2.3",)}


def test_paths_that_lead_elsewhere_are_not_taken_for_one_file() -> None:
    found = match(["train/7.png", "test/7.png"], ["7.png"], {})
    assert (found.names, found.several) == ({}, ("train/7.png", "test/7.png"))
    found = match(["7.png", "test/7.png"], ["7.png"], {})
    assert (found.names, found.missing) == ({"7.png": ("7.png",)}, ("test/7.png",))


def test_of_several_ends_of_a_name_the_longest_decides() -> None:
    found = match(["/data/a/1.png", "/data/1.png"], ["1.png", "a/1.png"], {})
    assert found.names == {"a/1.png": ("/data/a/1.png",), "1.png": ("/data/1.png",)}


def test_case_decides_where_nothing_else_does() -> None:
    assert match(["A.png"], ["a.png", "A.png"], {}).names == {"A.png": ("A.png",)}
    assert match(["A.PNG"], ["a.png"], {}).names == {"a.png": ("A.PNG",)}


def test_a_whole_name_comes_before_one_without_suffix() -> None:
    found = match(["a.png", "a"], ["a.png", "a.png.jpg"], {})
    assert found.names == {"a.png": ("a.png", "a")}


def test_files_called_alike_in_thousands_of_folders() -> None:
    paths = [f"p{number}/study1/image1.png" for number in range(5000)]
    found = match([f"/data/{path}" for path in paths], [f"x/{path}" for path in paths], {})
    assert found.missing == tuple(f"/data/{path}" for path in paths)
    assert len(match([f"x/{path}" for path in paths], paths, {}).names) == 5000
    assert len(match(paths, [f"x/{path}" for path in paths], {}).names) == 5000
