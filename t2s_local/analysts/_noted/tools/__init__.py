"""What tools do: refuse, cut, print errors that are none, look in the wrong place."""
