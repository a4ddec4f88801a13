"""What was learned, in other forms than a skill."""
