"""Predictions to scores with intervals, an operating point and figures."""
