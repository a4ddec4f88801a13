"""Find and replace secrets and personal data: by rules, in whole trajectories, and again before every write."""
