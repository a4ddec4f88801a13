"""Files as sequences of texts and calls, whatever the names of their fields."""
