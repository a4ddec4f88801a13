"""Results of gates beside a library."""
