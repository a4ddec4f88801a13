"""A library kept healthy: recordings read for its use, its states governed, its drift named."""
