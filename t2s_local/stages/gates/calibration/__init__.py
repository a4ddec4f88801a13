"""Calibration of a model as a judge of skills."""
