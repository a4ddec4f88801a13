"""Recovery of records from files that are cut off or broken."""
