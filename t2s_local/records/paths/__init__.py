"""Paths into JSON, as maps write them."""
