"""Console pages for people's rights over their records: erasure, retention rules, one person's export."""
