"""Manifest and split to packed arrays, one variant at a time."""
