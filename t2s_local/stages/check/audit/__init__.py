"""Audit a skill by a book of rules: overfitting, outdated rules, duplicates, size, and what surrounds the skill."""
