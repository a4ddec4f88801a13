"""Downloads, sources of code and container images."""
