"""Faults of a small pipeline: kills, full disks, damaged files, locks, other users."""
