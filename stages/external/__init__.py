"""Trained models on radiographs that they never saw: other data sets, or any files."""
