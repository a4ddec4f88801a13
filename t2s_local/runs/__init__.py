"""Runs of the commands: the job, its identity, its progress and its result."""
