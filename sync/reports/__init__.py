"""Read-only questions answered with frozen dataclasses."""
