"""Wishes of users: messages that correct the agent or state how to work."""
