"""Small edits of a skill: find their places, check them, apply all or none, and undo them."""
