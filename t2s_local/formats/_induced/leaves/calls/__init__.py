"""Forms in which calls are written, whatever their fields are called."""
