import os

import pytest

from fracture.tracking.location import Location
from fracture.tracking.store import check_database, patience


def test_patience_ends_with_its_block_and_leaves_the_users_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "90")
    monkeypatch.delenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", raising=False)
    with patience({"MLFLOW_HTTP_REQUEST_TIMEOUT": "4", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1"}):
        assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "90"
        assert os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] == "1"
    assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "90"
    assert "MLFLOW_HTTP_REQUEST_MAX_RETRIES" not in os.environ


def test_a_closed_port_is_noticed_at_once() -> None:
    location = Location.find({"MLFLOW_TRACKING_URI": "mysql://127.0.0.1:9/mlflow"})
    with pytest.raises(ConnectionRefusedError):
        check_database(location)
