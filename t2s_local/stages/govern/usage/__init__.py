"""Find in recorded runs how agents used the skills of a library."""
