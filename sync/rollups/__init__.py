"""Facts per learner and module; counts per unit, level and month."""
