"""What the documentation's claims come from; run by hand, never as tests."""
