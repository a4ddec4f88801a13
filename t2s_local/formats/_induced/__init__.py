"""Runs of layouts that nobody described, induced from how values relate to each other rather than from names."""
