"""The names that people and editors give to decrypted copies, and to what they leave behind."""

from __future__ import annotations

import pytest

from sealward.claims.copy_names import decrypted_original, leftover_originals


@pytest.mark.parametrize(
    ("path", "original"),
    [
        ("a/secrets.dec.yaml", "a/secrets.yaml"),
        ("secrets.yaml.dec", "secrets.yaml"),
        (".decrypted~secrets.yaml", "secrets.yaml"),
        ("decimal.yaml", None),
        ("december.yaml", None),
    ],
)
def test_names_of_decrypted_files(path: str, original: str | None) -> None:
    assert decrypted_original(path) == original


@pytest.mark.parametrize(
    ("path", "originals"),
    [
        ("a/s.enc.yaml~", ["a/s.enc.yaml"]),
        ("s.enc.yaml.orig", ["s.enc.yaml"]),
        (".s.enc.yaml.swp", [".s.enc.yaml", "s.enc.yaml"]),
        ("#s.enc.yaml#", ["s.enc.yaml"]),
        ("s.enc.yaml", []),
    ],
)
def test_names_of_leftovers(path: str, originals: list[str]) -> None:
    assert leftover_originals(path) == originals
