"""Choose the tasks about whose runs a model is asked."""
