"""Statements to other record stores: targets, what they may see, the outbox, delivery, dead letters."""
