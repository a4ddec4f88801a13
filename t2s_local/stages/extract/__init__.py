"""Stage that extracts grounded lessons from a corpus."""
