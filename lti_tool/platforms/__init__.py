"""Registrations, deployments, tool keys, key sets."""
