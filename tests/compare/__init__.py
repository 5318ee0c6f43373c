"""Foreign programs on the same work, in environments of their own: `make compare`."""
