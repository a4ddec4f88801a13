"""Rows that trainers of language models read, made from recorded runs; nothing is trained here."""
