"""The application: everything a person or an LMS touches."""
