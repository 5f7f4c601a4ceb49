"""Tables, figures and words: one copy of each."""
