"""The Agent Skills format: rendering, parsing, linting, folders."""
