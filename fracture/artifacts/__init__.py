"""What passes between stages: one module for each kind, its writer beside its reader."""
