"""The salt that the DICOM reader asks for."""

import pytest


@pytest.fixture
def private_salt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash patients with a salt that is nobody's."""
    monkeypatch.setenv("FRACTURE_SALT", "nobody will ever know")
