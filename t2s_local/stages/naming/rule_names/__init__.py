"""Names for the subjects of rules, computed once a run."""
