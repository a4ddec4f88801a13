"""What leads out of a kind of failure, over many runs."""
