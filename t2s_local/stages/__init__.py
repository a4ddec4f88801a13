"""The steps of a run: values in, values out, no backend known by name."""
