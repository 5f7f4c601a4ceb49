"""The gate's verdict on a split, as JSON."""

from pathlib import Path

PATH = Path("metrics/gate.json")
