"""Notes on tools: refusals, cut output, errors to ignore, answers without content."""
