"""Fixtures live beside what they stand for, in tests/support."""

pytest_plugins = [
    "tests.support.repo",
    "tests.support.sops",
    "tests.support.openbao",
    "tests.support.postgres",
]
