"""Operator console: own sign-in, platforms, credentials, jobs."""
