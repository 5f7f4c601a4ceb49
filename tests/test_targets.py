import pytest

from fracture.console import PipelineError
from fracture.targets import CLASSES, KEYS, require_both_classes


def test_files_and_people_name_the_same_classes() -> None:
    assert tuple(key.replace("_", " ") for key in KEYS) == CLASSES


@pytest.mark.parametrize(
    ("labels", "missing"),
    [([1, 1], "not fractured"), ([False], "fractured"), ([], "not fractured or fractured")],
)
def test_a_class_without_radiographs_is_refused(labels: list[int], missing: str) -> None:
    require_both_classes([0, 1, 1], "mine", "mend it")
    with pytest.raises(
        PipelineError,
        match=f"^mine holds no radiograph that is {missing}, expected both classes: mend it$",
    ):
        require_both_classes(labels, "mine", "mend it")
