"""Files of others -> our questions and lessons, and back: one module per format, no database, no network."""
