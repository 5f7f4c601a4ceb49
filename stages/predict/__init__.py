"""Predict and explain with one model's networks: `python -m stages.predict <model>`."""
