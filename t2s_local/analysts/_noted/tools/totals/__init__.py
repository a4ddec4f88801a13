"""Totals that a call must state, and the parts that they are the sum of."""
