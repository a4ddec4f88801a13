"""Gates: read skills for them, split off held-out runs, and judge measured scores in several modes."""
