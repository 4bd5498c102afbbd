"""Hostile text is read in linear time: each of these took minutes, or for ever, with backtracking."""

from __future__ import annotations

import pytest

from sealward.detectors import secret_in

CHARACTERS = 200_000
UNITS = [
    "a://", "https://u:", "hvs.", "a.", "eyJaaaaaaaa.", "otpauth://", "://badge", "{{", "${", "<a", "abandon ", "[1,",
    "ssh-rsa AAAA x ", "password: see x ", "${A:-", '{"a":', "machine a login b ", "?token=",
]  # fmt: skip


@pytest.mark.parametrize("kind", ["str", "comment", "line", "data"])
@pytest.mark.parametrize("unit", UNITS)
def test_repeated_beginnings(unit: str, kind: str) -> None:
    for end in ("", "!", " ?token=x"):
        secret_in(unit * (CHARACTERS // len(unit)) + end, ("ca",), kind)


def test_a_bundle_of_certificates_is_public() -> None:
    one = "-----BEGIN CERTIFICATE-----\nMIIBIjANBgkq\n-----END CERTIFICATE-----\n"
    assert secret_in(one * 500, ("ca",)) is None
    assert secret_in(one * 500 + "# the end", ("ca",)) is None
