"""Spans of tracing systems, put together into runs."""
