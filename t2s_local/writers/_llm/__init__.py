"""Questions to a model about the words of a skill, and the wording read from its answers."""
