"""Clients of a service that runs within the test."""

import io
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import numpy as np
from fastapi.testclient import TestClient
from httpx import Response
from PIL import Image

from serving.app.service import create
from tests.inference.external.examples import pixels
from tests.serving.app.stand_in import Setting, served

Files = Sequence[tuple[str, bytes]]


@contextmanager
def started(setting: Setting) -> Iterator[TestClient]:
    """Yield a client of a service that is ready."""
    with TestClient(create(served(setting))) as client:
        wait_until_ready(client)
        yield client


def wait_until_ready(client: TestClient) -> None:
    while client.get("/healthz").status_code != HTTPStatus.OK:
        time.sleep(0.02)


def png(level: int, seed: int = 0) -> bytes:
    return encoded("PNG", level, seed)


def encoded(kind: str, level: int, seed: int = 0) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels(level, seed)).save(stream, kind)
    return stream.getvalue()


def mean(level: int, seed: int = 0) -> float:
    """Return what the stand-in says of `png`."""
    return float(np.mean(pixels(level, seed)) / 255)


def send(client: TestClient, files: Files, **options: Any) -> Response:
    form = [("files", (name, content)) for name, content in files]
    return client.post("/v1/predict", files=form, **options)


def lines(client: TestClient, files: Files, path: str = "/v1/predict") -> list[dict[str, Any]]:
    form = [("files", (name, content)) for name, content in files]
    answer = client.post(path, files=form, headers={"Accept": "application/x-ndjson"})
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]
