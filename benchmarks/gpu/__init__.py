"""Training on one GPU, timed: our fit, the bare train step, a tuned PyTorch loop."""
