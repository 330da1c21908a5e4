"""Login initiation, id_token checks, claims, roles, identity, launch state."""
