"""Places of everything that is drawn: the map of lessons, the timeline, the workflow."""
