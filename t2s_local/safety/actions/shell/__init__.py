"""Shell lines taken apart."""
