"""The models of a run: which are meant, and the one engine of this process on each."""
