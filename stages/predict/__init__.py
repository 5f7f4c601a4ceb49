"""Predict with one network: `python -m stages.predict <model>`."""
