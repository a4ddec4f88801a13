"""Signatures of runs: their actions as a sequence of twelve verbs, without the objects."""
