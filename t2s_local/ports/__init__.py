"""Protocols of plug-ins and services: stages know these alone, never who implements them."""
