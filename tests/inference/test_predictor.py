import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from fracture.console import PipelineError
from fracture.inference import Answer, Predictor, Refusal
from tests.serving.sealing import seal


@pytest.fixture
def folder(tmp_path: Path, parameters: dict[str, Any]) -> Path:
    return seal(tmp_path / "sealed", "small", parameters["ingest"])


def test_what_ingest_would_leave_out_gets_no_answer(folder: Path, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (320, 256), np.uint8)
    stream = io.BytesIO()
    Image.fromarray(noise).save(stream, "JPEG")
    whole = stream.getvalue()
    Image.new("L", (100, 100), 128).save(tmp_path / "blank.png")
    Image.fromarray(noise[:30, :30]).save(tmp_path / "tiny.png")
    blank, answer, cut, text, tiny = Predictor.load(folder).predict(
        [tmp_path / "blank.png", whole, whole[:-900], b"text", tmp_path / "tiny.png"]
    )
    assert isinstance(answer, Answer)
    assert [blank, cut, text, tiny] == [
        Refusal("nearly uniform"), Refusal("truncated"), Refusal("not an image"),
        Refusal("too small"),
    ]  # fmt: skip


def test_a_bundle_that_is_not_whole_is_refused(folder: Path, tmp_path: Path) -> None:
    weights = folder / "networks/one/seed0/network.weights.h5"
    content = weights.read_bytes()
    weights.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(PipelineError, match=r"network.weights.h5 is not the file that was bundled"):
        Predictor.load(folder)
    weights.unlink()
    with pytest.raises(PipelineError, match=r"network.weights.h5 is missing: copy the bundle"):
        Predictor.load(folder)
    file = folder / "bundle.json"
    later = json.loads(file.read_text()) | {"format": 7}
    file.write_text(json.dumps(later))
    with pytest.raises(PipelineError, match=r"not as this version writes it, at format: .* be 6"):
        Predictor.load(folder)
    file.write_text("{")
    with pytest.raises(PipelineError, match=r"bundle.json is no JSON: .*dvc repro bundle"):
        Predictor.load(folder)
    with pytest.raises(PipelineError, match=r"bundle.json not found: run `dvc repro bundle`"):
        Predictor.load(tmp_path)
