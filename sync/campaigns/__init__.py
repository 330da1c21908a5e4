"""Periodic tests: who must sit, how far they are, whom to commend, what to learn again."""
