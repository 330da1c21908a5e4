"""What happened: statements, vocabulary, the learning record store. Imports none of the others."""
