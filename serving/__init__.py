"""Trained systems in use: thin over fracture.inference."""
