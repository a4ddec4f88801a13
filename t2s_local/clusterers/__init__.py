"""Clusterers partition unit vectors, one file an algorithm."""
