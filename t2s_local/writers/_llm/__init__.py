"""Questions to a model about the words of a skill, and the wordings read from its answers."""
