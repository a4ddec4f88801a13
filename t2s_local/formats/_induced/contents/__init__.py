"""Files of every kind as JSON values: tables, lines of keys and values, elements, inserted rows, reports."""
