"""What is learned: packages, lessons, questions, attempts, player."""
