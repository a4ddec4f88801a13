"""What a person decided about rules, applied to the rules of a run."""
