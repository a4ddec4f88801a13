"""Miners: each finds lessons of one kind by rules and counts, without a model."""
