"""Families become skills."""
