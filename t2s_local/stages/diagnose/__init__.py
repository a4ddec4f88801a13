"""Numbers about recorded runs and about the figures of experiments, each with what it may claim."""
