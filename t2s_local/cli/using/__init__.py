"""Commands that give an agent skills for one task."""
