"""Harnesses of runs, and the rules that hold in one harness alone."""
