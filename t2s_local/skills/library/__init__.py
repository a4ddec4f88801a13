"""Library: a folder of skills with a list of the skills that t2s wrote, all their versions, and an evidence log."""
