"""The picture of trainings: a line for each seed, the first one told apart."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from fracture.presenting.figures import BLUE, GREY
from fracture.presenting.training import draw_curves


def table(*seeds: int, frozen: int = 2) -> pd.DataFrame:
    epochs = np.arange(1, 6)
    one = pd.DataFrame(
        {
            "epoch": epochs,
            "phase": np.where(epochs <= frozen, "frozen", "finetune"),
            "loss": 1 / epochs,
            "auc": 1 - 0.5 / epochs,
            "validation_loss": 2 / epochs,
            "validation_auc": 1 - 0.75 / epochs,
        }
    )
    shifted = [one.assign(seed=seed, trained_on="", loss=one["loss"] + seed) for seed in seeds]
    return pd.concat(shifted, ignore_index=True)


def curves(figure: Figure, score: str) -> list[Line2D]:
    ax = next(ax for ax in figure.axes if ax.get_ylabel() == score)
    return [line for line in ax.lines if len(values(line)) == 5]


def values(line: Line2D) -> np.ndarray:
    return np.asarray(line.get_ydata())


def test_one_seed_has_two_curves_in_each_panel() -> None:
    figure = draw_curves(table(4), "vgg16")
    assert figure.get_suptitle() == "vgg16: loss and AUROC by epoch"
    for score in ("loss", "AUROC"):
        assert [line.get_label() for line in curves(figure, score)] == ["training", "validation"]
    np.testing.assert_allclose(values(curves(figure, "AUROC")[1])[0], 0.25)


def test_further_seeds_are_thin_of_the_same_colours_and_named_in_the_title() -> None:
    figure = draw_curves(table(0, 1, 2), "vgg16")
    assert figure.get_suptitle() == ("vgg16: loss and AUROC by epoch (bold: seed 0, thin: 1, 2)")
    lines = curves(figure, "loss")
    assert [line.get_color() for line in lines] == [GREY, BLUE] * 3
    assert [line.get_linewidth() > 1 for line in lines] == [True] * 2 + [False] * 4
    assert [values(line)[0] for line in lines] == [1, 2, 2, 2, 3, 2]
    _, labels = figure.axes[0].get_legend_handles_labels()
    assert labels == ["training", "validation", "fine-tuning begins"]


def test_each_network_of_a_model_has_its_lines() -> None:
    both = pd.concat([table(0).assign(trained_on=part) for part in ("hand", "leg")])
    figure = draw_curves(both, "specialists")
    assert figure.get_suptitle() == (
        "specialists: loss and AUROC by epoch (a network for each of hand, leg)"
    )
    lines = curves(figure, "loss")
    assert [values(line)[0] for line in lines] == [1, 2, 1, 2]
    assert [line.get_linewidth() > 1 for line in lines] == [True] * 4
    _, labels = figure.axes[0].get_legend_handles_labels()
    assert labels == ["training", "validation", "fine-tuning begins"]


@pytest.mark.parametrize(("frozen", "drawn"), [(0, 0), (2, 1), (5, 0)])
def test_fine_tuning_is_set_off_where_both_phases_are(frozen: int, drawn: int) -> None:
    figure = draw_curves(table(0, frozen=frozen), "vgg16")
    assert len(figure.axes[0].lines) - len(curves(figure, "loss")) == drawn
