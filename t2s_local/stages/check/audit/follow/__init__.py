"""Measure whether attempts act on evidence that they noted, or cling to a plan (SPARK, arXiv 2605.09192)."""
