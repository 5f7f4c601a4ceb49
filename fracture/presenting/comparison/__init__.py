"""The comparison as tables, pictures and text."""
