"""Measure how much advice raises the likelihood of recorded actions that worked, under a local model."""
