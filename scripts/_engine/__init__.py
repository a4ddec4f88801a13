"""What scripts/bench-engine measures: the workload, and what a machine could do with it at best."""
