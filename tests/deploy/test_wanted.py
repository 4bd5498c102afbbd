"""What Kubernetes refuses is refused before anybody is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.deploy import wanted
from sealward.deploy.wanted import Entry, Wanted
from sealward.errors import SealwardError
from sealward.finding import Place
from sealward.plaintext import Plaintext

if TYPE_CHECKING:
    from collections.abc import Callable

AT = Place("k8s/a.enc.yaml", 4, 3)
ENTRY = Entry(AT, (Plaintext(b"x"),))


def one(name: str = "a", **entries: Entry) -> Wanted:
    return Wanted(
        namespace="ns", name=name, type="Opaque", place=AT, entries=entries, labels={}, annotations={}
    )


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (wanted.check_key, ["a", "A_b-c.d", ".dockerconfigjson", "x" * 253], ["", "a b", "ä", "x" * 254, "..", ".", "../x", "a\n"]),
        (wanted.check_name, ["a", "a-b.c", "x" * 253], ["", "A", "a_b", "-a", "a-", "a..b", "x" * 254, "a\n"]),
        (wanted.check_namespace, ["a", "a-b", "x" * 63], ["", "a.b", "x" * 64, "A", "a\n"]),
    ],
)  # fmt: skip
def test_names(check: Callable[[str, Place], None], good: list[str], bad: list[str]) -> None:
    for name in good:
        check(name, AT)
    for name in bad:
        with pytest.raises(SealwardError, match=r"4:3: .* cannot be"):
            check(name, AT)


def test_a_secret_twice_and_one_without_keys() -> None:
    assert [found.name for found in wanted.check_all([one("b", k=ENTRY), one("a", k=ENTRY)])] == ["a", "b"]
    with pytest.raises(SealwardError, match="is there twice"):
        wanted.check_all([one(k=ENTRY), one(k=ENTRY)])
    with pytest.raises(SealwardError, match="has no keys"):
        wanted.check_all([one()])


def test_a_secret_that_is_too_large() -> None:
    wanted.check_size(one(k=ENTRY), 1 << 20)
    with pytest.raises(SealwardError, match="would hold 1048577 bytes"):
        wanted.check_size(one(k=ENTRY), (1 << 20) + 1)
