"""Recordings of agents that have skills, and a library whose good and bad skills are known."""
