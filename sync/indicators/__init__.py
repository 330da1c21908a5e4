"""Indicators as data, the pure arithmetic of each, and one question to the database for each."""
