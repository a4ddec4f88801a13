"""Files of this user: where they lie, which of them are ours, and those that are gone when we are."""
