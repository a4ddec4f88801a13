"""Use of skills for one task: choosing skills, compiling contexts, and throw-away skills."""
