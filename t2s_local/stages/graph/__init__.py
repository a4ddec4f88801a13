"""The graph of the work: built over many runs, asked for a way, drawn, and turned into a checked workflow."""
