"""Parts that several clusterers share: density, trees, partitions."""
