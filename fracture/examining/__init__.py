"""What is found in a data set's files: sizes, hashes, faults, and what belongs together."""

from fracture.examining.admission import admit

__all__ = ["admit"]
