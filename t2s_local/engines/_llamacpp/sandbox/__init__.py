"""Separate processes for chat templates and for a first load of a model file."""
