"""The published xAPI profile: for people a page, for programs JSON-LD."""
