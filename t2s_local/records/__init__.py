"""Readers of recorded files whose format is not known yet: streams, archives, JSON, SQLite."""
