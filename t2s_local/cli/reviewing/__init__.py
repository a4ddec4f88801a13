"""Review on a terminal: ask the questions, and word rules and decisions."""
