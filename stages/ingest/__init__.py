"""A data set's folder to the manifest: every radiograph read once, grouped, audited."""
