"""Readers that induce the layout of an unknown file from the relations of its values rather than from names."""
