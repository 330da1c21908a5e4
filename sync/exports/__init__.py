"""Exports of statements: asked for, written in the background, fetched, deleted after some days."""
