"""The audit as pictures and text."""
