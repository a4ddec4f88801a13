"""Existing skills beside recorded steps: the section that a slice concerns, and the question about its lines."""
