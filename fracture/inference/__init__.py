"""Trained systems at work: the predictor, the bundle that it is loaded from, and where it looks."""

from fracture.inference.answer import Answer, Refusal
from fracture.inference.predictor import Predictor

__all__ = ["Answer", "Predictor", "Refusal"]
