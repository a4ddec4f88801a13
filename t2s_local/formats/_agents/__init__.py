"""Parts of the readers of agents' own logs: kinds of records, queued prompts, ends of commands, trees of sessions."""
