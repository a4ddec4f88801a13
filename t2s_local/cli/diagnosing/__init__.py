"""The commands of ``t2s diagnose``, a file each."""
