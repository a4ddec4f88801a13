"""Skills in the folders agents read them from: where these lie, and what t2s copied into them."""
