"""Lists of staff: staged, looked at row by row, applied, taken back as a whole; two people made one."""
