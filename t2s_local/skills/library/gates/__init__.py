"""Results of gates, stored in the own folder of a library."""
