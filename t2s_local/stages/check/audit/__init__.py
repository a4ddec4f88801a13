"""Audit a skill: one book of rules for what is wrong with it, beside the format, the harm and the quotes."""
