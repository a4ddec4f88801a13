"""The version of t2s-local."""

__version__ = "0.1.0"
