"""A whole country of learners, and what its statistics cost."""
