"""Judge the steps of a run: sound, repaired later, or fatal."""
