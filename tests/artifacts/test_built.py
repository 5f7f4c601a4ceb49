"""What the recipe builds and the run trains is not called built and not trained."""

from pathlib import Path

import pytest

from fracture.artifacts import built
from fracture.artifacts.built import Built


def test_what_the_run_trains_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    one, other = (
        Built(backbone=name, size=32, parameters=8, layers=2, features=[1, 1, 4], megabytes=0.1)
        for name in ("vgg16", "resnet50")
    )
    built.write([one, other])
    assert built.read({"resnet50", "xception"}) == [one]
    assert built.read([]) == [one, other]
