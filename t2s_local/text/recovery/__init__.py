"""Find failed calls and the later calls that overcame the failure."""
