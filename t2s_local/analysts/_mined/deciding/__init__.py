"""Find differences between calls and runs that went well and those that did not, where no error tells them apart."""
