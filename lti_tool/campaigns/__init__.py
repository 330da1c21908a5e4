"""Pages of periodic tests: plan one, see states, commendation and recommendation, take the lists along."""
