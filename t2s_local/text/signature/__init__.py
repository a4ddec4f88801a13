"""Signatures of runs: which of twelve verbs their actions carry out, whatever the nouns."""
