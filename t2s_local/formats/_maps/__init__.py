"""Readers that apply a map of a format: runs and steps from JSON values.

A *map* (:class:`Layout`) states the paths of runs, steps, texts, calls and results in the JSON of a format, and the
words for its roles.
"""
