"""Quantities and parts of reports that tasks ask for or have."""
