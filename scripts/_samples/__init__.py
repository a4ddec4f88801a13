"""How the shipped samples are made: screenplays, a scripted agent that really runs them, and three formats."""
