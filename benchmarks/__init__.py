"""Measurements beside peers, in one run: ``python -m benchmarks.NAME``. Never part of the tests."""
