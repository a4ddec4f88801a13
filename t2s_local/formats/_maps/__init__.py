"""Readers that apply a map of a format: runs and steps from JSON values."""
