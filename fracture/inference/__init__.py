"""Trained systems at work: the predictor, the bundle that it is loaded from, and where it looks."""

from fracture.inference.predictor import Answer, Predictor, Refusal

__all__ = ["Answer", "Predictor", "Refusal"]
