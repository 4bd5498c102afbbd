"""Sealed files opened in memory, by the keys at hand."""
