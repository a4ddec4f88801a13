"""Ends of runs and their messages: answers, repeated actions, sentences sent to a shell, wishes of users."""
