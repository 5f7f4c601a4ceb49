"""What the page says, a file for each group of sections; all pure."""
