"""The checks against a skill that has learned its training tasks by heart (SkillEvolver, arXiv 2605.10500)."""
