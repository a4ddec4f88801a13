"""Recorded files taken apart before their format is known: streams, archives, JSON, SQLite."""
