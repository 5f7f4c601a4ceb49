"""Our networks against the originals, where an environment that has them is at hand.

`ORIGINALS=../originals/bin/python` names its interpreter: see benchmarks/verify_weights.py.
"""

import os
from pathlib import Path

import pytest

from benchmarks.verify_weights import CASES, TOLERANCE, compare

PYTHON = os.environ.get("ORIGINALS")


@pytest.mark.skipif(not PYTHON, reason="needs PyTorch and the originals, see this file")
@pytest.mark.parametrize("name", CASES)
def test_features_are_the_originals(name: str, tmp_path: Path) -> None:
    differences = compare(str(PYTHON), name, CASES[name][1][0], tmp_path)
    assert max(differences) < TOLERANCE
