"""Keep a library healthy: measure the use of its skills, propose retirements and merges, and report drift."""
