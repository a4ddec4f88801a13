"""Folders that agents read skills from, and records of the skills that t2s copied into them."""
