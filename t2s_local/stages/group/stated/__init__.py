"""Lessons that a model stated, joined to the lessons that code found."""
