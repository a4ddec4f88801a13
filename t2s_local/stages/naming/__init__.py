"""Find what a cluster or a family is called."""
