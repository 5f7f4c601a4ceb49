"""What DVC tracks, copied into MLflow."""
