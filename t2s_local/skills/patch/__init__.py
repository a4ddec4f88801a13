"""Small edits of a skill: placed on its parsed pages, checked, made all or none, and taken back."""
