"""Functions on text that several rooms share."""
