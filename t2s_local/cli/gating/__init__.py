"""Print what gates find, and choose what they measure."""
