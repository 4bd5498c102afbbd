"""The one error, and the hint for a mistyped name."""

from __future__ import annotations

import pytest

from sealward.errors import SealwardError, closest, did_you_mean

NAMES = ("check", "rotate", "reencrypt", "status")


def test_an_error_is_one_line_with_the_way_out() -> None:
    error = SealwardError("a.yaml: cannot be read", "make it readable")
    assert str(error) == "a.yaml: cannot be read; make it readable"
    assert (error.message, error.hint) == ("a.yaml: cannot be read", "make it readable")


@pytest.mark.parametrize(
    ("name", "meant"),
    [("chekc", "check"), ("re-encrypt", "reencrypt"), ("stauts", "status"), ("xyz", ""), ("", "")],
)
def test_a_mistyped_name(name: str, meant: str) -> None:
    assert closest(name, NAMES) == meant
    assert did_you_mean(name, NAMES, "see --help") == (f"did you mean {meant!r}?" if meant else "see --help")
