"""Paths into JSON values, as the maps of unknown formats use them."""
