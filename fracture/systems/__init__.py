"""Predictions of models to predictions of systems: means, and who their members are."""
