"""Library: a folder of skills with a list of those t2s wrote, all their versions, and an evidence log."""
