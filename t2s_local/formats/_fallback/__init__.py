"""Runs found in files of formats nobody described."""
