"""How predictions are judged: scores, intervals, calibration, operating points; without Keras."""
