"""Catalogue of published package versions: immutable, content-addressed."""
