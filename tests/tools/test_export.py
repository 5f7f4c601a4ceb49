"""Figures and tables of a run as a paper takes them."""

import csv
from pathlib import Path

import pytest
from PIL import Image

from fracture.artifacts import comparison
from fracture.artifacts.pictures import FOLDER
from fracture.presenting.figures import note, save
from fracture.presenting.words import Table, latex_table
from tests.presenting import drawn
from tools import export

TABLE = Table("AUROC of a_b; 95 % intervals", ["system", "AUROC"], [["a_b", "0.9 ≈ 90 %"]])


def test_a_table_is_latex_that_escapes_what_latex_would_read() -> None:
    text = latex_table(TABLE, "01_auroc")
    assert text.startswith(
        "% \\usepackage{booktabs,graphicx}\n\\begin{table}\n\\centering\n"
        "\\caption{AUROC of a\\_b; 95 \\% intervals}\\label{tab:01_auroc}\n\\resizebox{"
    )
    assert "\\toprule" in text
    assert "a\\_b" in text
    assert "0.9 $\\approx$ 90 \\%" in text
    assert text.endswith("\\end{tabular}}\n\\end{table}\n")


def test_a_table_is_csv_with_the_same_cells(tmp_path: Path) -> None:
    export.export_table(TABLE, tmp_path / "01_auroc")
    with (tmp_path / "01_auroc.csv").open(encoding="utf-8") as file:
        assert [*csv.reader(file)] == [TABLE.columns, *TABLE.rows]
    assert (tmp_path / "01_auroc.tex").read_text(encoding="utf-8") == latex_table(TABLE, "01_auroc")


def test_a_file_is_named_by_its_caption() -> None:
    assert export.slug("AUROC of a_b, by part; 95 % intervals") == "auroc_of_a_b_by_part"


def test_figures_are_drawn_as_vectors_and_radiographs_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    heat = FOLDER / "one" / "heat.png"
    heat.parent.mkdir(parents=True)
    Image.new("L", (4, 4)).save(heat)
    save(note("nothing was left out"), heat.with_name("left_out.png"), synthetic=True)
    save(note("one system alone"), comparison.picture("cost"), synthetic=True)
    picture = comparison.picture("verdicts")
    picture.write_bytes(b"drawn again")
    empty = comparison.picture("cost"), note("one system alone")
    figure = drawn.of_all(2, 3)["verdicts"]()
    monkeypatch.setattr(export, "of_run", lambda _: iter([(picture, figure), empty]))
    assert export.export_figures({}, True, Path("out"), ".pdf") == 1
    assert sorted(path.as_posix() for path in Path("out").rglob("*.*")) == [
        "out/comparison/verdicts.pdf", "out/systems/one/heat.png",
    ]  # fmt: skip
    assert Path("out/comparison/verdicts.pdf").read_bytes().startswith(b"%PDF")
    assert Path("out/systems/one/heat.png").read_bytes() == heat.read_bytes()
