"""Parts of the Ray executor: actors, the cluster they run on, what they are sent."""
