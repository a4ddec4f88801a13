"""Layouts of the drawings: the map of lessons, the timeline, and the workflow graph."""
