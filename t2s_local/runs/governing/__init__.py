"""Maintain a library: count the uses of its skills, propose changes by rules, and report drift."""
