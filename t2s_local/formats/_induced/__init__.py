"""Readers that induce the layout of an unknown file from the relations of its values rather than from names.

A *pattern* is the path of keys to a value, the same for all items of a list. A *record* is an object that is a file or
a list item; its short values are its *marks*. A *leaf* is a text or a call inside a record. A *slot* is a kind of text:
the pattern of its record, its keys inside it, and the marks that distinguish records. A *unit* is a set of leaves that
may be a run; a *parting* splits files into units, and a *way* chooses and orders the leaves of each.
"""
