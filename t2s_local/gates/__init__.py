"""Gates, which measure whether skills help, by level: recorded (L1), logprob (L2), eval_command (L3)."""
