"""Native source folder -> lint -> one canonical JSON (pure)."""
