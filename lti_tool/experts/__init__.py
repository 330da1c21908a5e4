"""The experts' desk in the console: queue, drafts, review, merging, moderation, areas, figures."""
