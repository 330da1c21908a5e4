"""After the fact: organisation, facts, rollups, grades out, reports."""
