"""Parse shell lines into simple commands."""
