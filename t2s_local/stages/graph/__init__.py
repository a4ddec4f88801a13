"""Build a graph of the work in many runs, search it for paths, draw it, and turn it into a checked workflow."""
