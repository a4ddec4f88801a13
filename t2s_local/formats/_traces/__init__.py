"""Spans of tracing systems, assembled into runs."""
