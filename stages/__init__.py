"""The pipeline: one file a DVC stage; `python -m stages.<stage>` runs it."""
