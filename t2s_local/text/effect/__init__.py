"""Advice, the actions that worked, and how much likelier advice makes them."""
