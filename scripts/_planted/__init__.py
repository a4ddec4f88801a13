"""Corpora with planted lessons: what is in them is known, so that a pipeline can be measured."""
