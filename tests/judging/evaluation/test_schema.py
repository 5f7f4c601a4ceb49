"""The file of scores: the same keys for each model, and nothing else is read."""

import json
from pathlib import Path
from typing import Any

import pytest

from fracture.artifacts import row, scores
from fracture.console import PipelineError
from fracture.judging.evaluation import evaluate
from fracture.targets import FRACTURE
from tests.judging.evaluation.examples import predictions, section

TABLE = predictions()
SCORES = evaluate("small", TABLE, FRACTURE, section(draws=100), 0)


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.chdir(tmp_path)
    scores.write(SCORES, scores.path("small"))
    content: dict[str, Any] = json.loads(scores.path("small").read_text())
    return content


def assert_refused(content: dict[str, Any], message: str) -> None:
    scores.path("small").write_text(json.dumps(content))
    with pytest.raises(PipelineError, match=rf"{message}.*; run .*`dvc repro evaluate`") as no:
        scores.read("small")
    assert "\n" not in str(no.value)


def keys(value: Any) -> Any:
    """Return a JSON value without its numbers and texts."""
    return {key: keys(inner) for key, inner in value.items()} if isinstance(value, dict) else None


@pytest.mark.usefixtures("written")
def test_scores_are_read_back() -> None:
    assert scores.read("small") == SCORES


@pytest.mark.parametrize(
    "probability", [predictions(separation=0, seed=4)["probability"], 0.5, TABLE["label"]]
)
def test_each_model_has_the_same_keys(written: dict[str, Any], probability: Any) -> None:
    other = evaluate(
        "other", TABLE.assign(probability=probability), FRACTURE, section(draws=100), 0
    )
    scores.write(other, scores.path("other"))
    assert keys(json.loads(scores.path("other").read_text())) == keys(written)
    assert list(written) == list(scores.Scores.model_fields)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"recall": 0.5}, r"small\.json is not as .* at recall: extra inputs are not permitted"),
        ({"images": {}}, r"at images\.temperature: field required"),
        ({"confidence": float("nan")}, r"at confidence: input should be a finite number"),
        ({"spread": {"mean": float("inf")}}, r"at spread\.mean: input .*finite"),
        ({"draws": "many"}, r"at draws: input should be a valid integer"),
    ],
)
def test_another_schema_is_refused(
    written: dict[str, Any], changes: dict[str, Any], message: str
) -> None:
    assert_refused(written | changes, message)


@pytest.mark.parametrize("key", scores.Scores.model_fields)
def test_a_missing_key_is_refused(written: dict[str, Any], key: str) -> None:
    del written[key]
    assert_refused(written, rf"at {key}: field required")


def test_nan_is_never_written() -> None:
    estimate = row.Estimate.rounded(float("nan"), 0.1234567, float("nan"))
    assert estimate.model_dump() == {"value": None, "low": 0.123457, "high": None}
    with pytest.raises(ValueError, match="finite"):
        row.Estimate(value=float("nan"))
