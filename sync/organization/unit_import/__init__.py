"""A new official list of units: compared with the old one, approved, applied on a day, taken back."""
