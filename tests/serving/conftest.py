"""A working directory as the earlier stages leave it for two models."""

from tests.inference.external.conftest import both, brightness, entries, project

__all__ = ["both", "brightness", "entries", "project"]
