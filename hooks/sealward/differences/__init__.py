"""Sealed files shown and compared: what changed, and never a secret."""
