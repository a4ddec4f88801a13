"""Chat templates rendered by a process of its own."""
