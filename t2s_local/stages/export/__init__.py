"""Write learned rules and recorded runs in other forms than a skill."""
