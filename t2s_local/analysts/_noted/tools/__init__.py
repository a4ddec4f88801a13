"""Notes on tools: refusals, cut output, errors that are none, searches in the wrong place."""
