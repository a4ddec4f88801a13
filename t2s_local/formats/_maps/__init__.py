"""Maps applied: runs and steps from values, by a map."""
