"""Functions on text that several packages use."""
