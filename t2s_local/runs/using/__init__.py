"""Commands that use skills for one task, without click."""
