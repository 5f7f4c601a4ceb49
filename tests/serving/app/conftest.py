"""A service of the stand-in, started once for the tests that only ask it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.serving.app.clients import started
from tests.serving.app.stand_in import Setting


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with started(Setting()) as client:
        yield client


@pytest.fixture
def keeping(tmp_path: Path) -> Iterator[TestClient]:
    with started(Setting(keep=tmp_path / "kept")) as client:
        yield client
