"""Gates (tests of skills against evidence): read skills, split off held-out runs, and judge measured scores."""
