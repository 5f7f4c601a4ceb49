"""Values and files that the tests of DICOM decoding share."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.data import get_testdata_file

from tests.dicom_files import Pixels

STORED = [
    pytest.param(np.uint8, 8, id="8 bits"),
    pytest.param(np.uint16, 10, id="10 bits"),
    pytest.param(np.uint16, 12, id="12 bits"),
    pytest.param(np.uint16, 16, id="16 bits"),
    pytest.param(np.int16, 12, id="12 bits signed"),
    pytest.param(np.int16, 16, id="16 bits signed"),
]


def shipped(name: str) -> bytes:
    path = get_testdata_file(f"{name}.dcm", download=False)
    assert isinstance(path, str), f"pydicom no longer ships {name}"
    return Path(path).read_bytes()


def everything(dtype: type[np.integer[Any]], bits: int) -> Pixels:
    """Return values from end to end of the range, the ends among them, as (16, 16)."""
    signed = np.issubdtype(dtype, np.signedinteger)
    low = -(1 << (bits - 1)) if signed else 0
    return np.linspace(low, low + (1 << bits) - 1, 256).round().astype(dtype).reshape(16, 16)
