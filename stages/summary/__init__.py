"""The scores of the chosen model to the headline of the metrics."""
