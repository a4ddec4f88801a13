"""Embedders, which convert texts into unit vectors: one file for each embedder."""
