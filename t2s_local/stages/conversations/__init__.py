"""Find recordings that are pieces of one conversation, and join them into one run."""
