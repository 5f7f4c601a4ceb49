"""What the tests share: params.yaml, and the real radiographs where they are at hand."""

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from fracture.device import THREADS
from fracture.params.section import load

# Read when the backend is imported, which the first test that needs it does.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("MPLBACKEND", "Agg")
# JAX's compiler takes longer than what it compiles runs here.
os.environ.setdefault("JAX_DISABLE_MOST_OPTIMIZATIONS", "1")
# A core each: tests run side by side, and the last digits depend on the number, in a process that a
# test starts as in its own.
os.environ.update(dict.fromkeys(THREADS, "1"))

# A slow moment of the machine is no failure.
settings.register_profile("project", deadline=None)
settings.load_profile("project")

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


LONGEST = (
    "tests/test_pipeline.py", "tests/stages/test_bundle.py", "tests/training", "tests/tracking",
    "tests/backbones", "tests/stages", "tests/inference",
)  # fmt: skip
"""Where tests take longest, the longest first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the longest tests first: side by side, none keeps a worker waiting at the end."""

    def place(item: pytest.Item) -> int:
        starts = (n for n, path in enumerate(LONGEST) if item.nodeid.startswith(path))
        return next(starts, len(LONGEST))

    items.sort(key=place)


@pytest.fixture(scope="module", autouse=True)
def frozen_heap() -> None:
    """Keep the garbage collector from looking at what stays: TensorFlow leaves millions of objects.

    It looks at all of them each time, and statsmodels' correction of p-values asks it to.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def closed_figures() -> Iterator[None]:
    """Close the figures that a test left open: pyplot keeps each until it is closed."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.fixture
def parameters(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return the project's params.yaml, fresh for each test."""
    monkeypatch.chdir(ROOT)
    return load()


@pytest.fixture(scope="session")
def fracatlas() -> Path:
    """Return the folder of real FracAtlas files; skip where it is absent."""
    folder = SHARED / "fracatlas"
    if not folder.is_dir():
        pytest.skip(f"needs FracAtlas files in {folder}")
    return folder


@pytest.fixture(scope="session")
def keras_home() -> Path:
    """Return the folder of ImageNet weights; skip where it is absent."""
    folder = SHARED / "keras"
    if not folder.is_dir():
        pytest.skip(f"needs Keras' MobileNetV2 weights in {folder}")
    return folder


FROM_SCRATCH: dict[str, Any] = {
    "weights": None,
    "batch_norm_momentum": 0.9,
    "frozen": {"views": 1},
    "finetune": {
        "unfreeze": 1.0,
        "batch_norm": "train",
        "learning_rate_scale": 1.0,
        "patience": 0,
    },
}
"""Settings with which small networks learn from random weights."""


@pytest.fixture
def private_salt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash patients with a salt that is nobody's."""
    monkeypatch.setenv("FRACTURE_SALT", "nobody will ever know")


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no folder called `locked` be listed, whoever runs the tests."""
    scan = os.scandir

    def scandir(path: Any) -> Any:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
