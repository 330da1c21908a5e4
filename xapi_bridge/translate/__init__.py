"""Other languages -> statements (pure)."""
