"""Python processes of our own."""
