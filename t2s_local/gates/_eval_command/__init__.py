"""Helpers of the gate that runs the user's command: the cache of scores, and the copies the command is given."""
