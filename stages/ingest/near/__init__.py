"""Radiographs that show the same exposure although their bytes and pixels differ."""

from stages.ingest.near.description import Description, describe
from stages.ingest.near.pairs import near_pairs

__all__ = ["Description", "describe", "near_pairs"]
