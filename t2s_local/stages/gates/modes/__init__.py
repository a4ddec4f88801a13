"""Modes of level L3: what each makes of the scores of its arms."""
