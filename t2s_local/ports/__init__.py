"""Protocols of plug-ins and services: stages import only these protocols, never an implementation."""
