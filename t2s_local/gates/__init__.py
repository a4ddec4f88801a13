"""Gates by level: recorded (L1), logprob (L2), eval_command (L3)."""
