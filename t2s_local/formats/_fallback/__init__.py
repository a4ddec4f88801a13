"""Readers for files in formats that no reader describes."""
