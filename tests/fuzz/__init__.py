"""Generated data sets of every reader, and a checker that knows nothing of our groups."""
