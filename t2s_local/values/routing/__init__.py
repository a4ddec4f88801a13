"""Values of the index of a library, and of the choice of skills for a task."""
