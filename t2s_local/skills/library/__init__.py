"""A folder of skills that its user owns: what t2s wrote in it, every version of it, and its history."""
