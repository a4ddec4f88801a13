"""Check a written skill by code: for false quotes, for possible harm, and for faults such as overfitting."""
