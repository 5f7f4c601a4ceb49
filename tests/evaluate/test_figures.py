from pathlib import Path

import cv2
import matplotlib.pyplot as plt
import numpy as np
import pytest

from stages import figures
from stages.evaluate import curves
from stages.evaluate.evaluation import evaluate
from stages.evaluate.figures import panel
from stages.evaluate.sample import take
from stages.params.evaluate import Evaluate
from tests.evaluate.examples import predictions


@pytest.mark.parametrize("threshold", ["youden", 1.0])  # at 1.0 precision is undefined
def test_panel_says_what_it_shows(threshold: str | float, tmp_path: Path) -> None:
    section = Evaluate.parse({"threshold": threshold, "draws": 100, "confidence": 0.9}, "")
    table = predictions()
    scores, test = evaluate("small", table, section, 0), take(table, "test")
    figure = panel(scores, curves.roc(test), curves.precision_recall(test))
    assert figure.get_suptitle() == (
        "small on synthetic, test: 120 radiographs, 40 fractured, 60 groups"
    )
    left, middle, right = figure.axes
    low, high = scores.test["auroc_low"], scores.test["auroc_high"]
    labels = [str(line.get_label()) for line in left.lines]
    assert labels[0].endswith(f"(90 % interval {low:.3f} to {high:.3f})")
    assert labels[1] == "chance"
    point = [float(values[0]) for values in np.asarray(left.lines[2].get_data())]
    assert point == pytest.approx([1 - (scores.test["specificity"] or 0), scores.test["recall"]])
    assert len(middle.lines) == (2 if scores.test["precision"] is None else 3)
    counts = [text.get_text().split("\n")[0] for text in right.texts]
    assert counts == [str(scores.confusion[cell]) for cell in ("tn", "fp", "fn", "tp")]

    figures.save(figure, tmp_path / "panel.png", synthetic=True)
    image = cv2.imread(str(tmp_path / "panel.png"))
    assert image is not None
    assert image.shape[1] > 1000
    assert not plt.fignum_exists(figure.number)
