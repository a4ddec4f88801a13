"""Families: clusters on one subject of work within one project, each the source of one skill."""
