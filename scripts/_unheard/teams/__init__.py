"""A fourth part of the grammar: ways in which teams log their own agents, written down for development alone."""
