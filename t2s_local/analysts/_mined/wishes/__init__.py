"""Wishes of users: where they put the agent right, or say how things are done."""
