"""Engines run local language models, one file an engine."""
