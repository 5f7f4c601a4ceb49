"""All systems side by side: their order, and which of their differences are more than chance."""
