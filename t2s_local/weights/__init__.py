"""Model files: which are known, which are on this machine, which of them fit it."""
