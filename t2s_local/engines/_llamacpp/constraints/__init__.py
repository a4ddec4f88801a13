"""Constraints on answers: grammars from schemas and from single requests, and the longest answer they allow."""
