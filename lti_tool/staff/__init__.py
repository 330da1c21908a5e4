"""The registry of staff in the console: lists handed in, people twice, planned moves, headcounts, rules."""
