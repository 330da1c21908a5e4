"""Questions to experts: asked, routed, drafted, reviewed, published, corrected, withdrawn; votes and use.

`states.py` is the life of a question, `asking.py` what learners do, `drafts.py` and `answering.py` what
experts do, `queue.py` what they see, `moderation.py` what keeps order. A published answer is an entry of
`content_packages.knowledge`. docs/question-channel.md says how it works.
"""
