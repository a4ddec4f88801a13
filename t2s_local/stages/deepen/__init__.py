"""Compare an existing skill with recorded runs: find its rules that runs confirm or refute, and the rules it lacks."""
