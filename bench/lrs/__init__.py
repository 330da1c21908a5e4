"""Load on a learning record store: our own from this tree, or another by its address."""
