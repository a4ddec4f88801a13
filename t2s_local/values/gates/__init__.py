"""Rules as gates read them, results of gates, and what a library notes of them."""
