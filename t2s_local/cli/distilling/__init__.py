"""Options of ``t2s distill`` that each have their own file."""
