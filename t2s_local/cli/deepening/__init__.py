"""Print the results of `t2s deepen`."""
