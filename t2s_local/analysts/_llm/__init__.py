"""Questions to a model about slices, and the lessons read from its answers."""
