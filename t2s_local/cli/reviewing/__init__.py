"""A review on a terminal: the questions, and rules and decisions in words."""
