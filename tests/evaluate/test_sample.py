import numpy as np
import pytest

from stages.console import PipelineError
from stages.evaluate.sample import take
from tests.evaluate.examples import predictions


def test_take_keeps_order_and_part() -> None:
    table = predictions(validation=10, test=20)
    drawn = take(table, "test")
    np.testing.assert_array_equal(drawn.labels, table["fractured"][10:])
    np.testing.assert_array_equal(drawn.probabilities, table["probability"][10:].astype(float))
    assert drawn.groups.tolist() == table["group"][10:].tolist()


@pytest.mark.parametrize("value", [np.nan, -0.1, 1.1, np.inf])
def test_what_is_no_probability_is_refused(value: float) -> None:
    table = predictions(validation=10, test=20)
    table.loc[12, "probability"] = value
    take(table, "validation")
    with pytest.raises(PipelineError, match=r"1 of 20 test predictions .* for radiograph0012"):
        take(table, "test")


@pytest.mark.parametrize(("label", "found"), [(0, "0 of 20"), (1, "20 of 20")])
def test_one_class_alone_is_refused(label: int, found: str) -> None:
    table = predictions(validation=10, test=20)
    table.loc[table["part"] == "test", "fractured"] = label
    with pytest.raises(PipelineError, match=rf"{found} test radiographs .* raise split\.test"):
        take(table, "test")


def test_an_empty_part_is_refused() -> None:
    table = predictions(validation=0, test=20)
    with pytest.raises(PipelineError, match="0 of 0 validation radiographs"):
        take(table, "validation")
