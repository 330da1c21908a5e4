"""The record store for people: search, read a statement as a sentence, take statements home as files."""
