"""Show what the augmentation does to training radiographs: `python -m stages.augment`."""
