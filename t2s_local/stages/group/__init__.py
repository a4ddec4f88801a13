"""Stage that groups lessons into clusters, and clusters into families."""
