"""Running trained networks: their probabilities, and where they look."""
