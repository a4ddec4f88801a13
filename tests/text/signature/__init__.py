"""Tests of signatures of runs."""
