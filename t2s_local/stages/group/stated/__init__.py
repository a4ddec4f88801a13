"""Lessons stated by a model, beside those found by code."""
