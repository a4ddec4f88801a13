"""A corpus becomes grounded lessons."""
