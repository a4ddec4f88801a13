"""Tell what a file is and what it says: formats, labels, conversations of this machine."""
