"""Parts of the Ray executor: the actors, their cluster, and the messages to and from them."""
