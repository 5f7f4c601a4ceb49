"""A look at a folder of radiographs: what is there, and the entry of params.yaml that reads it."""
