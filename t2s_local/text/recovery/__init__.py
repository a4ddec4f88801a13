"""Failures of calls and the later calls that got past them."""
