"""Audit a skill by a book of rules: overfitting, outdated rules, duplicates, size, and the library around the skill."""
