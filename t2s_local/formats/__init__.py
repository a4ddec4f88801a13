"""Readers of trajectory formats, one file a format."""
