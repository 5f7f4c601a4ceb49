from dataclasses import replace
from typing import Any

import pandas as pd

from stages.compare.figures import forest
from stages.compare.table import markdown, table
from tests.compare.examples import scores

MODELS = {
    "vgg16": {"backbone": "vgg16", "variant": "plain", "learning_rate": "recipe"},
    "resnet50_canny": {"backbone": "resnet50", "variant": "canny"},
}
UNDEFINED: dict[str, Any] = {"precision": None, "f1": None}
RANKED = [
    scores("resnet50_canny", 0.9123, (0.81, 0.7654, 0.8555)),
    scores("vgg16", 0.85, (0.82, 0.78, 0.86), **UNDEFINED),
]
REAL = [replace(each, dataset="fracatlas", synthetic=False) for each in RANKED]


def test_table() -> None:
    expected = pd.DataFrame(
        {
            "model": ["resnet50_canny", "vgg16"],
            "backbone": ["resnet50", "vgg16"],
            "variant": ["canny", "plain"],
            "validation_auroc": [0.9123, 0.85],
            "test_auroc": [0.81, 0.82],
            "auroc_low": [0.7654, 0.78],
            "auroc_high": [0.8555, 0.86],
            "average_precision": [0.75, 0.75],
            "accuracy": [0.77, 0.77],
            "sensitivity": [0.71, 0.71],
            "specificity": [0.81, 0.81],
            "f1": [0.715, None],
            "log_loss": [0.5, 0.5],
        }
    )
    pd.testing.assert_frame_equal(table(MODELS, RANKED), expected)


def test_markdown_shows_each_model_in_order() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in markdown(MODELS, RANKED).splitlines()
        if line.startswith("|")
    ]
    assert rows[0] == [
        "model", "backbone", "variant", "validation AUROC", "test AUROC", "95 % interval",
        "average precision", "accuracy", "sensitivity", "specificity", "F1", "log loss",
    ]  # fmt: skip
    assert rows[2][:7] == [
        "**resnet50_canny**", "resnet50", "canny", "0.912", "0.810", "0.765 to 0.856", "0.750",
    ]  # fmt: skip
    assert rows[3][0] == "vgg16"
    assert rows[3][-3:] == ["0.810", "-", "0.500"]


def test_markdown_says_what_its_numbers_rest_on() -> None:
    text = markdown(MODELS, RANKED)
    for said in (
        "Data set: synthetic, test part: 100 radiographs, 40 fractured, 60 groups",
        "Not for clinical use.",
        "Synthetic radiographs: shows that the pipeline works, says nothing about patients.",
        "ordered by validation AUROC: **resnet50_canny**, the first, is the model chosen",
        "percentiles of 2000 bootstrap draws of groups",
        "Overlap with the interval of resnet50_canny: 1 of the 1 other models.",
        "Where intervals overlap, this table does not establish a difference.",
    ):
        assert said in text


def test_real_radiographs_are_not_called_synthetic() -> None:
    text = markdown(MODELS, REAL)
    assert "ynthetic" not in text
    assert "Data set: fracatlas" in text
    assert "Not for clinical use." in text


def test_one_model_alone_overlaps_with_none() -> None:
    assert "Overlap" not in markdown(MODELS, RANKED[:1])


def test_forest_has_a_row_for_each_model() -> None:
    undefined: dict[str, Any] = {"auroc_low": None, "auroc_high": None}
    third = scores("vgg16", 0.5, (0.6, 0, 1), **undefined)
    figure = forest([*RANKED, third])
    (axes,) = figure.axes
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["resnet50_canny", "vgg16", "vgg16"]
    texts = [text.get_text() for text in axes.texts]
    assert texts == ["0.810  (0.765 to 0.856)", "0.820  (0.780 to 0.860)", "0.600  (-)"]
    bottom, top = axes.get_ylim()
    assert bottom > top  # the first row stands on top
