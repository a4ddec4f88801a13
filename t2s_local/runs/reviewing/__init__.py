"""What waits for a person in a library: rules, skills, edits; and the judgements, kept and taken back."""
