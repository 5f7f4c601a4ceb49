"""How long a run will take and how much it will leave, before it starts."""
