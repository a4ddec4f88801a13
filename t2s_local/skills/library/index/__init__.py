"""Index of a library for search: parts of its skills with their vectors and words, by digest of the skills."""
