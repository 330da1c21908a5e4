"""Pages of official reports: write, send, receive, compare; templates and schedules."""
