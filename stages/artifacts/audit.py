"""The audit of a data set: what was found, kept and left out, as JSON."""

from pathlib import Path

PATH = Path("metrics/audit.json")
