"""Forms of arguments and answers that go with success or failure, and the origin of their values."""
