"""Files of the user outside of projects: their folders, the proof of ownership, and temporary files."""
