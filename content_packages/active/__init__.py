"""Courses of others that run scripts (cmi5, SCORM, tincan, H5P): brought in, launched, followed, recorded."""
