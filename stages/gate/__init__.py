"""Manifest, split and duplicates to a verdict: does anything stand on two sides."""
