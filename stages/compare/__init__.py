"""The scores of all models to one table and one figure."""
