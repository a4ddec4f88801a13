"""A grammar of trajectory layouts that nobody described, in two halves that share no production."""
