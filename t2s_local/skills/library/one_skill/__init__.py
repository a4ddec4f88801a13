"""Versions of one skill of a library: list, compare, restore, and decide about a waiting version."""
