"""Lessons become clusters, and clusters families."""
