"""What the machine and the project are like: what is missing, what is hidden, how things are checked."""
