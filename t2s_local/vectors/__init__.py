"""Functions on matrices of unit vectors that several rooms share."""
