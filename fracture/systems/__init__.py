"""Formulas that make systems of networks: means, routes, and what validation chooses of them."""
