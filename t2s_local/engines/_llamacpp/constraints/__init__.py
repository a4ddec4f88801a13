"""Limit answers: grammars of schemas and of single requests, and the longest answer each allows."""
