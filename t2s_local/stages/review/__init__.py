"""Apply a person's decisions about rules to the rules of a run."""
