"""Every skill in a library, whoever wrote it: what lies there, its versions and its state."""
