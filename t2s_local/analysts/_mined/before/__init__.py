"""What an agent knew and said before it acted."""
