"""Published weights of backbones that are our own: fetched, checked, carried over into Keras."""
