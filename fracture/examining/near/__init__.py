"""Radiographs that show the same exposure although their bytes and pixels differ."""

from fracture.examining.near.description import Description, describe
from fracture.examining.near.pairs import near_pairs

__all__ = ["Description", "describe", "near_pairs"]
