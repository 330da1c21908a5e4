"""The front door: what this is, where to go, whether it is well."""
