"""Means of several models' probabilities: validation chooses whose."""
