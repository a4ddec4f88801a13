"""Read files: detect their format, read their trajectories and labels, and find the conversations on this machine."""
