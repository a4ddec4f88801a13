"""Write a throw-away skill for one task from the few recorded runs whose tasks are most similar (SkillTTA)."""
