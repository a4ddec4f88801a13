"""Clusterers, which partition unit vectors into groups: one file for each algorithm."""
