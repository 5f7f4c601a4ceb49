"""Where `tools.look` draws some radiographs of a folder."""

from pathlib import Path

PATH = Path("plots/look.png")
