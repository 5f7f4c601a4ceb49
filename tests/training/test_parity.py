"""The same weights and radiographs give the same under each backend.

JAX is in the environment itself; `TORCH=../torch/bin/python` names one that has PyTorch: see
benchmarks/backends.py.
"""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks.backends import CASES, ROOT, TOLERANCE, Outputs, compute, difference

PYTHONS = {"jax": sys.executable if find_spec("jax") else None, "torch": os.environ.get("TORCH")}


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Outputs]]:
    """Return the folder of the networks' random weights, and TensorFlow's outputs."""
    folder = tmp_path_factory.mktemp("networks")
    return folder, compute(sys.executable, "tensorflow", folder)


@pytest.mark.parametrize("backend", PYTHONS)
def test_backends_agree(reference: tuple[Path, dict[str, Outputs]], backend: str) -> None:
    python = PYTHONS[backend]
    if not python:
        pytest.skip(f"needs {backend}, see this file")
    folder, expected = reference
    found = compute(python, backend, folder)
    assert found.keys() == expected.keys() == CASES.keys()
    for name in CASES:
        assert expected[name]["probabilities"].std() > 0.01  # not all the same
        assert max(difference(found[name], expected[name])) < TOLERANCE


# PyTorch's dropout draws from PyTorch's own generator, which Keras has no variable for.
DRAWS = """
import json
import pickle
from fracture.device import prepare
prepare("cpu", 0)
import keras
import numpy as np
from fracture.training.resume import random_state, restore_random_state
def draw():
    return np.asarray(keras.layers.Dropout(0.5)(np.ones((4, 9), "float32"), training=True)).tolist()
state = pickle.loads(pickle.dumps(random_state()))
draws = [draw(), draw()]
restore_random_state(state)
print(json.dumps([*draws, draw()]))
"""


@pytest.mark.skipif(not PYTHONS["torch"], reason="needs torch, see this file")
def test_the_draws_of_pytorch_go_on_after_an_interruption() -> None:
    command, environment = [str(PYTHONS["torch"]), "-c", DRAWS], {"KERAS_BACKEND": "torch"}
    printed = subprocess.run(
        command, check=True, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True
    ).stdout
    first, second, again = json.loads(printed)
    assert first != second
    assert first == again
