"""Harnesses (agent programs or benchmarks) of runs, and the rules that are true in one harness only."""
