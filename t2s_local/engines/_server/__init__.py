"""Parts of the engine for a model server: its address, the HTTP calls, the server's facts and abilities."""
