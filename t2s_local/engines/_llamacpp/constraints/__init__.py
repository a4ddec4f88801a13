"""What an answer may be: grammars of schemas and of single requests, and how long either can get."""
