"""Model files: the catalog, the files on this machine, and how a file fits into its memory."""
