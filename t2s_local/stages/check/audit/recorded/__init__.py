"""Recorded runs as an audit asks about them: what was named, said and done, and when."""
