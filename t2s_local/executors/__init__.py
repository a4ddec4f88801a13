"""Where the work of an analyst is done: in this process, or in actors of Ray on one machine or many."""
