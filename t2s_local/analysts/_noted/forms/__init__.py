"""Forms of what is handed to tools and given as an answer, and where it comes from."""
