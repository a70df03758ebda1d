"""The neutral tree of a message."""
