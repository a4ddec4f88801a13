"""What tells the calls and runs that went well from those that did not, where no error says so."""
