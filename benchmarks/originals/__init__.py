"""Every backbone against an independent original, with the same weights and radiographs."""
