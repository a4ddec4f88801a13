"""Parts of the engine that asks a server the user named: its address, the wire, what it is and what it can do."""
