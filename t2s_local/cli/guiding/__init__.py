"""Words for the person who ran a command: what came of it in a sentence, the nearest misses, and what to type next."""
