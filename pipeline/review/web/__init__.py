"""Requests of one person's browser come in, pages and JSON go out; nothing of the domain is decided here."""
