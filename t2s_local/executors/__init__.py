"""Executors, which run the work of an analyst in this process, or in actors of Ray on one machine or many."""
