"""Find which recordings are pieces of one conversation, and put them together."""
