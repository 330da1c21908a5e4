"""Operators bring files of questions in and take content out, in the formats of others."""
