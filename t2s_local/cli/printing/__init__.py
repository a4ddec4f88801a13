"""Text laid out for streams and terminals: tables that fit, any encoding, colours."""
