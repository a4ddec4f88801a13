"""Queries of finished runs: lessons in groups, candidates, and the recordings behind a rule."""
