"""Laws of an environment: its commands, the objects they work on, what has to be in sight, and where objects lie."""
