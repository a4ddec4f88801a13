"""Modes of the gates: each turns measured scores into a verdict in a different way."""
