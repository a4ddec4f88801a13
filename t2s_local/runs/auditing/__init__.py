"""Audits of skills: reading the recordings, and the findings on each skill."""
