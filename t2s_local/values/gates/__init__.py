"""Values of gates (tests of skills against evidence): rules as input, results, and the notes kept in a library."""
