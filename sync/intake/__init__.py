"""Statements from other systems: pulled with a bookmark, pushed with a key, read from a file."""
