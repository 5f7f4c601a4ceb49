"""What a data set and its split hold, and what can be guessed without a network."""
