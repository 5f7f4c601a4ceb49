"""External validation as picture and text."""
