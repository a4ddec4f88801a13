"""Skills with one planted fault each, and the runs they were learned from: to see whether an audit finds the fault."""
