"""Names that rules give to their subject, computed once a run."""
