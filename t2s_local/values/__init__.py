"""Values that stages pass to each other: frozen, strictly decoded, identified by content."""
