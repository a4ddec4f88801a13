"""Compile one compact context for one task from the skills of a library, word for word and within a token budget."""
