"""LTI Advantage services: access tokens, grades; fills the ports of sync."""
