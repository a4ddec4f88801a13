"""Writers turn a family of clusters into a skill, one file a writer."""
