"""Searches: the places they search, the way they match, and what to look up first."""
