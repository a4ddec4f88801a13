"""Words of `t2s deepen`."""
