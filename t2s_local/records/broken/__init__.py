"""Records found again in files that are not whole."""
