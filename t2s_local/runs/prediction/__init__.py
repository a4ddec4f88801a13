"""Predict time, memory and disk of a run before it is made."""
