"""The commands that maintain a library, and their output."""
