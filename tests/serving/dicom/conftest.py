"""The bundle of the system that answers."""

from typing import Any

import pytest
from ruamel.yaml import YAML

from fracture.artifacts.bundle import Bundle
from tests.conftest import ROOT
from tests.serving.dicom.examples import bundle


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    rules: dict[str, Any] = YAML(typ="safe").load(ROOT / "params.yaml")["ingest"]
    return bundle(tmp_path_factory.mktemp("sealed") / "small", rules)
