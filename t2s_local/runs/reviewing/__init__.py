"""Review rules, skills and edits of a library, and store or undo a person's decisions."""
