"""Propose edits of existing skills, from recorded runs or from a foreign patch; the edits wait in the library."""
