"""Apply a person's decisions about rules of earlier runs to the rules of the present run."""
