"""One skill of a library: its versions, the one that waits, and how it is changed by hand."""
