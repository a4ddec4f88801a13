"""Parts of the bench of compiled contexts."""
