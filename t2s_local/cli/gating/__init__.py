"""Options and output of the modes of ``t2s gate``."""
