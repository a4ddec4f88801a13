"""Kinds of lessons on which of several calls pays, by the outcomes of runs of the same tasks."""
