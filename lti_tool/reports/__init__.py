"""Pages for learner, teacher, unit manager and analyst."""
