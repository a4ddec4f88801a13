"""Dialects: ways of writing messages, calls and results that several formats share."""
