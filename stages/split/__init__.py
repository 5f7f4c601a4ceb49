"""The manifest to training, validation and test, by group."""
