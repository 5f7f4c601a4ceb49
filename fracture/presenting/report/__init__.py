"""Everything that was measured to one page that needs no network, and a model card."""
