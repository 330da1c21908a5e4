"""The words of refusals, one file per area; `lti_tool.error_pages` joins them into the one table."""
