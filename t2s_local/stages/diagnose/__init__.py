"""Compute statistics of recorded runs and of measured experiments, each with its level of evidence."""
