"""The steps of a run: functions from values to values that import no backend by name."""
