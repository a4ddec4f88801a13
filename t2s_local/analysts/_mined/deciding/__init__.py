"""Differences between calls or runs that went well and those that did not, where no error distinguishes them."""
