"""Parse shell lines for the judgement of actions."""
