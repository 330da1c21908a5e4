"""People's rights over their records: erasure on request, retention rules, an export of one's own records."""
