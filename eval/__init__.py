"""The gold set and what measures against it."""
