"""Functions on matrices of unit vectors, and statistical tests, that several packages use."""
