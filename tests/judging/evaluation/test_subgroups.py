import pandas as pd
import pytest

from fracture.judging.subgroups import ATTRIBUTES

TABLE = pd.DataFrame(
    {
        "body_part": ["hand", "leg", "hand"],
        "view": ["frontal", "", "frontal+lateral"],
        "flags": ["", "hardware;multiscan", "multiscan"],
        "width": [500, 1000, 2000],
        "height": [500, 500, 1000],
    },
    index=[7, 3, 5],
)


@pytest.mark.parametrize(
    ("attribute", "values"),
    [
        ("body part", ["hand", "leg", "hand"]),
        ("view", ["frontal", "unknown", "frontal+lateral"]),
        ("hardware", ["no hardware", "hardware", "no hardware"]),
        ("image size", ["0 to 0.5 megapixels", "0.5 to 2 megapixels", "2 megapixels or more"]),
    ],
)
def test_values_of_each_row(attribute: str, values: list[str]) -> None:
    found = ATTRIBUTES[attribute](TABLE)
    assert found.tolist() == values
    assert found.index.tolist() == [7, 3, 5]
