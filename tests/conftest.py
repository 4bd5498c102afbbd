"""Fixtures live beside what they stand for, in tests/support."""

from hypothesis import settings

# A busy machine is no defect: no test fails because of the time that it takes.
settings.register_profile("sealward", deadline=None)
settings.load_profile("sealward")

pytest_plugins = [
    "tests.support.repo",
    "tests.support.sops",
    "tests.support.openbao",
    "tests.support.postgres",
]
