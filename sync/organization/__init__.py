"""Units with dates and successors, staff, appointments, import."""
