"""Searches: what they look at, how they match, and what to look at first."""
