"""A path becomes a Document; one module a format."""
