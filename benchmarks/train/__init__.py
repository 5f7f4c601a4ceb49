"""Training, timed: against the notebook way, and against the bare train step."""
