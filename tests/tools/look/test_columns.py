"""Columns are found by name and content, and what speaks against one is heard."""

from pathlib import Path
from typing import Any

import pytest

from tests.tools.look.folders import put
from tools.look.columns import boxes, candidates
from tools.look.seen import Seen, look_into


def seen(root: Path, table: str, images: int = 4) -> Seen:
    for number in range(images):
        put(root / f"images/{number}.png", number)
    (root / "table.csv").write_text(table, encoding="utf-8")
    return look_into(root)


def best(root: Path, table: str) -> dict[str, str]:
    folder = seen(root, table)
    found = candidates(folder.tables[0], folder)
    return {kind: maybe[0].column for kind, maybe in found.items() if maybe}


def test_all_kinds(tmp_path: Path) -> None:
    table = (
        "No,Image Path,Patient ID,Patient Name,Patient Age,Gender,Exam,Split,Region,View,Cast,"
        "Fracture\n"
        "7,images/0.png,P1,Meier,45,F,E1,train,wrist,AP,0,1\n"
        "7,images/1.png,P1,Meier,45,F,E1,train,wrist,lateral,1,0\n"
        "8,images/2.png,P2,Huber,7.5,M,E2,test,hand,AP,0,1\n"
        "8,images/3.png,P3,Meier,,M,E3,val,hand,AP,1,0\n"
    )
    found = best(tmp_path, table)
    assert found == {
        "file": "Image Path",
        "label": "Fracture",
        "patient": "Patient ID",
        "study": "Exam",
        "part": "Split",
        "body_part": "Region",
        "view": "View",
        "age": "Patient Age",
        "sex": "Gender",
    }


@pytest.mark.parametrize(
    ("column", "cells", "kind"),
    [
        ("sex", ["1", "2", "1", "2"], "sex"),  # who is who?
        ("age", ["45", "old", "7", "8"], "age"),
        ("split", ["1", "2", "3", "4"], "part"),
        ("patient", ["X", "X", "X", "X"], "patient"),  # nobody's id
        ("patient name", ["a", "b", "c", "d"], "patient"),
        ("label", ["1", "1", "1", "1"], "label"),
        ("region", ["a", "b", "c", "d"], "body_part"),
    ],
)
def test_a_name_alone_is_not_enough(
    tmp_path: Path, column: str, cells: list[str], kind: str
) -> None:
    rows = [f"{number},{cell}" for number, cell in enumerate(cells)]
    assert kind not in best(tmp_path, "\n".join([f"file,{column}", *rows]))


def test_a_column_that_says_fracture_comes_before_one_of_ones_and_zeros(tmp_path: Path) -> None:
    table = "file,cast,label,report\n0,1,1,fracture\n1,0,0,normal\n2,1,0,normal\n3,0,1,fracture?\n"
    folder = seen(tmp_path, table)
    labels = candidates(folder.tables[0], folder)["label"]
    assert [one.column for one in labels] == ["label", "report", "cast"]
    assert labels[0].why == "1 (2) for fractured, 0 (2) for not"
    assert labels[1].why == (
        "fracture (1) for fractured, normal (2) for not; 1 rows say neither (fracture?)"
    )


@pytest.mark.parametrize(
    ("table", "entry", "why"),
    [
        ("file,xmin,ymin,xmax,ymax\n0,1,2,3,4\n1,,,,\n",
         {"left": "xmin", "top": "ymin", "right": "xmax", "bottom": "ymax"}, "numbers in pixels"),
        ("file,x,y,Width,Height\n0,10,20,3,4\n",
         {"left": "x", "top": "y", "width": "Width", "height": "Height"}, "numbers in pixels"),
        ('file,bbox\n0,"[[1, 2, 3, 4]]"\n', "bbox", "lists in JSON"),
        ("file,bbox\n0,1 2 3 4\n", None, "bbox: no boxes that can be read"),
        ("file,x,y,w,h\n0,0.1,0.2,0.3,0.4\n", None, "x, y, w, h: shares of the image, expected"),
        ("file,x1,y1,x2,y2\n0,,,,\n", None, "x1, y1, x2, y2: empty"),
        ("file,label\n0,1\n", None, ""),
    ],
)  # fmt: skip
def test_boxes(tmp_path: Path, table: str, entry: Any, why: str) -> None:
    found, reason = boxes(seen(tmp_path, table).tables[0])
    assert found == entry
    assert reason.startswith(why)
