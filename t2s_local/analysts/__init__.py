"""Analysts read slices and state lessons, one file an analyst."""
