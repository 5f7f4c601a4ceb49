"""The server on loopback, and a client that neither waits nor asks a proxy."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tools.download.examples import Server, serving
from tools.download import fetch, server


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Run the server; let the client read few bytes at a time and try again at once."""
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr(server, "RETRIES", server.RETRIES.new(backoff_factor=0))
    monkeypatch.setattr(fetch, "CHUNK", 10)
    with serving() as started:
        yield started


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "raw/FracAtlas.zip"
