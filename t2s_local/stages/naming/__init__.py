"""Names of clusters and families."""
