"""What code can say of a skill that is written: are its quotes true, could it do harm."""
