"""Engines that run language models, one file an engine."""
