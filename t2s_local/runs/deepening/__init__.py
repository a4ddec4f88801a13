"""Existing skills held against recorded runs, and patches from elsewhere: the edits wait in the library."""
