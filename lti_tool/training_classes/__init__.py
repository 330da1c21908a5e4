"""Pages of classes: make one, call the roll by list or by QR code, sign in with a phone."""
