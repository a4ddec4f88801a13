"""An audit of skills: what is read for it, and everything it says of each skill."""
