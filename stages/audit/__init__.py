"""The manifest and its split to counts, baselines without a network, and pictures."""
