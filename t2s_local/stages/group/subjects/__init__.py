"""Clusters on one subject of work, within one project: what one skill is written from."""
