"""Paths of Vault's API: mounts, paths within, engines; and versions."""

from __future__ import annotations

import pytest

from sealward.references.reference import Location, as_kv, as_read, segments, version_of, where


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("1", 1),
        ("12", 12),
        ("0", None),
        ("01", None),
        ("", None),
        ("v1", None),
        ("-1", None),
        ("1" * 11, None),
    ],
)
def test_versions(text: str, version: int | None) -> None:
    assert version_of(text) == version


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("secret/data/app", Location("secret", "app", "kv2")),
        ("/team/kv/data/a/b/", Location("team/kv", "a/b", "kv2")),
        ("secret/data/data/x", Location("secret", "data/x", "kv2")),
        ("database/creds/bot", Location("database", "creds/bot", "issuing")),
        ("team/db/static-creds/bot", Location("team/db", "static-creds/bot", "issuing")),
        ("pki/cert/1", Location("pki", "cert/1", "other")),
        ("identity/oidc/token/x", Location("identity", "oidc/token/x", "other")),
        ("kv/app", Location("kv", "app", "other")),
    ],
)
def test_a_path_as_the_api_has_it(path: str, location: Location) -> None:
    assert as_read(path) == location


@pytest.mark.parametrize(
    ("path", "pinned", "location"),
    [
        ("secret/app", False, Location("secret", "app", "kv2")),
        ("pki/app", False, Location("pki", "app", "other")),
        ("pki/app", True, Location("pki", "app", "kv2")),
        ("database/creds/bot", False, Location("database", "creds/bot", "issuing")),
        ("database/creds/bot", True, Location("database", "creds/bot", "kv2")),
    ],
)
def test_a_path_as_people_say_it(path: str, pinned: bool, location: Location) -> None:
    assert as_kv(path, pinned) == location


@pytest.mark.parametrize(
    "path",
    [
        "",
        "a",
        "a/",
        "a//b",
        "a/../b",
        "a/./b",
        "a/b c/ d",
        "a b/c",
        "a/${X}/b",
        "a/<x>",
        "a/b\nc",
        "a/*",
        "a/b#c",
    ],
)
def test_what_is_no_path(path: str) -> None:
    assert segments(path) is None
    assert as_read(path) is None
    assert as_kv(path, pinned=True) is None


def test_what_a_reference_says_of_itself() -> None:
    here = Location("secret", "app", "kv2").reference("k", 7, "vals")
    there = here._replace(address="https://v:8200", namespace="prod")
    assert (here.is_versioned, here.is_dynamic, here.is_elsewhere, here.secret) == (
        True,
        False,
        False,
        "secret/app",
    )
    assert there.is_elsewhere
    assert there.identity != here.identity
    assert (where(here), where(there)) == ("", "on https://v:8200, in the namespace prod")
