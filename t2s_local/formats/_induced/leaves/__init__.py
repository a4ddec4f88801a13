"""Files as texts and calls in their order, whatever their fields are called."""
