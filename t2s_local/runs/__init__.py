"""One invocation of any verb: what was asked, what identifies it, how it goes, what it came to."""
