"""Write learned rules in other forms than a skill."""
