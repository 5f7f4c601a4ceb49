"""Check params.yaml before anything runs: `python -m stages.check`."""
