"""Sealed files of every shape, made by the sops program, and every defect that can be seen without a key."""
