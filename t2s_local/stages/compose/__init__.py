"""Stage that writes skills from families of clusters."""
