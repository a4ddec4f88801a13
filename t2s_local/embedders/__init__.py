"""Embedders turn texts into unit vectors, one file an embedder."""
