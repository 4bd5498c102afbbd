"""Sealward keeps secrets out of Git, and proves it."""

__version__ = "0.1.0"
