"""Sealed files brought into line with their creation rule."""
