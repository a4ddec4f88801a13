"""Kinds of lessons on what a shell reports of the programs that it runs."""
