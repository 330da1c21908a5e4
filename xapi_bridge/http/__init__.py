"""The xAPI door, /xapi/*."""
