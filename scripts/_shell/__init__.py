"""Helpers of scripts/shell-errands: the tasks, and the sandbox that a model's commands run in."""
