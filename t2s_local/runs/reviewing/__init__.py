"""Rules, skills and edits that wait for a person in a library, and the judgements, kept and taken back."""
