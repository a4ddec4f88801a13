"""Notes on the machine and the project: missing programs, hidden exit codes, ways to check."""
