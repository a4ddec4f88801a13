"""Miners: each finds lessons of one kind by counting, without a model."""
