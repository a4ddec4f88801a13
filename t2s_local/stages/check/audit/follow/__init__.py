"""Tell attempts that act on the evidence they wrote down from those that cling to a plan (SPARK, arXiv 2605.09192)."""
