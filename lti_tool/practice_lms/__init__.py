"""A small honest LTI 1.3 platform for the demo, the docs and the tests."""
