"""The grammar of a statement: parse, validate, canonicalise, compare (pure)."""
