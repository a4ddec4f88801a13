"""Commands about recorded runs: judge their steps, export them for training, and record a program."""
