"""Helper of the gate that runs the user's command: the cache of scores."""
