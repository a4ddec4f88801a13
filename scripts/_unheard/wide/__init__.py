"""A third part of the grammar: productions that were written after the first halves, for development alone."""
