"""Word the result of a command for a person: a summary, the nearest misses, and the suggested next command."""
