"""Child processes of t2s: Python workers, and commands of the user."""
