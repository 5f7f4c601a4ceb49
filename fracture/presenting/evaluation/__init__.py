"""The scores of one system as pictures and text."""
