"""Values that travel between stages: frozen, strict, identified by content."""
