"""Check whether a skill only repeats its training tasks, which is overfitting (SkillEvolver, arXiv 2605.10500)."""
