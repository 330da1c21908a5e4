"""The learner's pages: lesson and quiz."""
