"""Facts an agent knew, and sentences it said, before it acted."""
