"""Systems as versions of a registered MLflow model, and the gate before its alias `champion`."""
