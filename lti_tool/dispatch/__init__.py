"""SCORM 1.2 packages that we give out: they open our content in LMSs without LTI 1.3."""
