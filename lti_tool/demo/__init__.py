"""The demo: a real day on embedded SQLite, played in real HTTP against the tool and the practice LMS."""
