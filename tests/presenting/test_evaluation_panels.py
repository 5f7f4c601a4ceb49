import matplotlib.pyplot as plt
import pytest

from fracture.presenting.evaluation_panels import draw_matrix
from fracture.presenting.figures import BLUE, ORANGE, text_colour


def test_a_share_is_none_or_all_only_where_it_is() -> None:
    axes = plt.figure().subplots()
    draw_matrix(axes, [[306, 1], [0, 307]], ["a", "b"])
    cells = [text.get_text() for text in axes.texts]
    plt.close("all")
    assert cells == ["306\n>99%", "1\n<1%", "0\n0%", "307\n100%"]


def test_cells_are_legible() -> None:
    axes = plt.figure().subplots()
    draw_matrix(axes, [[6, 4], [1, 9]], ["a", "b"])
    colours = [text.get_color() for text in axes.texts]
    plt.close("all")
    assert colours == ["black", "black", "black", "white"]


@pytest.mark.parametrize(
    ("background", "colour"),
    [("white", "black"), ("black", "white"), ("#757575", "white"), ("#777777", "black"),
     (BLUE, "white"), (ORANGE, "black"), ((0.0, 0.0, 0.5, 1.0), "white")],
)  # fmt: skip
def test_text_has_the_colour_of_more_contrast(
    background: str | tuple[float, float, float, float], colour: str
) -> None:
    assert text_colour(background) == colour
