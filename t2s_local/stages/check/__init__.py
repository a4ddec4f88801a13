"""Check a written skill by code: whether its quotes are true, and whether it could do harm."""
