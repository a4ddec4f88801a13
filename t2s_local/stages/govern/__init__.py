"""Keep a library healthy: how its skills are used, which of them stay, and whether it drifts."""
