"""Words of the commands that keep a library healthy."""
