"""Pages and API of the question channel, in the LMS and in public. See docs/question-channel.md."""
