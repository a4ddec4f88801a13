"""Choose the tasks whose runs are worth reading."""
