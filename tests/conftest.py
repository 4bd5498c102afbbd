"""Fixtures live beside what they stand for, in tests/support; here is how the tests are run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hypothesis import settings

if TYPE_CHECKING:
    import pytest
    from xdist.scheduler import LoadScheduling

# A busy machine is no defect: no test fails because of the time that it takes.
settings.register_profile("sealward", deadline=None)
settings.load_profile("sealward")

pytest_plugins = [
    "tests.support.repo",
    "tests.support.sops",
    "tests.support.openbao",
    "tests.support.postgres",
    "tests.support.kube",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--snapshots=rewrite`` for tests/report/test_snapshots.py."""
    parser.addoption(
        "--snapshots", choices=("compare", "rewrite"), default="compare", help="texts of reports"
    )


TOGETHER = (
    "tests/corpus/",
    "tests/deploy/",
    "tests/commands/test_rotate_cluster.py",
    "tests/rotation/test_database.py",
    "tests/test_hooks.py",
    "tests/test_rules.py",
)
"""What sets up something that takes long (a corpus, a cluster, an environment): one process runs all of it.

By path: the names that xdist_group puts behind a test's are lost in pytest 9.2, and each process set all up.
"""


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are processors: a test waits for programs and servers a quarter of its time."""
    return (os.cpu_count() or 1) + 1


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScheduling:
    """Tests one by one to whichever process is free, but for those that stay together."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):  # type: ignore[misc] # xdist has no types
        def _split_scope(self, nodeid: str) -> str:
            return next((scope for scope in TOGETHER if nodeid.startswith(scope)), nodeid)

    return Scheduling(config, log)
