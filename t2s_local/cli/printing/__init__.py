"""Print text on streams and terminals: tables, encodings and colours."""
