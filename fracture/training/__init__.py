"""Train one network: `python -m stages.train <model>`."""
