"""A learner whom the staff list does not know says the unit once; its manager confirms in the console."""
