"""Options of the main job that have a file of their own."""
