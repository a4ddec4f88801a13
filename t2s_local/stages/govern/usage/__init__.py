"""How recorded runs used the skills of a library."""
