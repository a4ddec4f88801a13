"""Lessons that a model stated beside those that code found."""
