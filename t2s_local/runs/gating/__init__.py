"""One invocation of a gate: what is read for it, what it measures, and where the result is noted."""
