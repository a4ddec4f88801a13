"""Finished runs, looked at again: their lessons in groups, their candidates, the recordings behind a rule."""
