"""Secrets and personal data found and replaced: rules, whole trajectories, a second look before every write."""
