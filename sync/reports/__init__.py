"""Read-only questions answered with frozen dataclasses.

Stock: of the people who are in a unit on a day, how many have done what by that day (`coverage`, `people`).
Flow: how many did it within a period, credited to the unit of that day (`flow`). The two are never mixed.
"""
