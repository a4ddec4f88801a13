"""Ways to split files into units that may be runs."""
