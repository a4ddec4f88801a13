"""Functions that several clusterers use: density, trees, partitions."""
