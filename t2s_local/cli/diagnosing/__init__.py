"""The commands of ``t2s diagnose``, each in its own file."""
