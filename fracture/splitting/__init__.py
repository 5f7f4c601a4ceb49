"""Training, validation and test: drawn, as shipped or as given, and whether anything leaks."""
