"""Which API path makes an engine rotate; the engine itself is tried in test_database.py."""

from __future__ import annotations

import pytest

from sealward.errors import SealwardError
from sealward.rotation.values.engines import endpoint
from sealward.rotation.values.generators import parse


@pytest.mark.parametrize(
    ("generator", "path", "expected"),
    [
        ("rotate-role", "static-creds/bot", "database/rotate-role/bot"),
        ("rotate-role", "static-roles/bot", "database/rotate-role/bot"),
        ("rotate-root", "config/postgres", "database/rotate-root/postgres"),
    ],
)
def test_endpoint(generator: str, path: str, expected: str) -> None:
    assert endpoint(parse(generator), "database", path) == expected


@pytest.mark.parametrize(
    ("generator", "path"),
    [("rotate-role", "creds/bot"), ("rotate-root", "static-creds/bot"), ("rotate-role", "static-creds/")],
)
def test_a_path_of_another_kind(generator: str, path: str) -> None:
    with pytest.raises(SealwardError, match="it rotates"):
        endpoint(parse(generator), "database", path)
