"""Databases and other stores of data."""
