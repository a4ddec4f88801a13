"""Models of a run: their places by name, and one engine in this process for each model."""
