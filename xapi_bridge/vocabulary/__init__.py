"""The words we use, one file per profile."""
