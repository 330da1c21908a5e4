"""A teacher chooses content inside the LMS; the LMS gets links that keep working when a course is copied."""
