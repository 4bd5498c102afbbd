"""Which leaves a selector covers, as sops applies it: key by key, indexes ignored."""

from __future__ import annotations

import pytest

from sealward.document import dotted, parse
from sealward.sops.format.selection import (
    DEFAULT,
    EVERYTHING,
    Cover,
    Selector,
    compile_re2,
    cover_of,
    selector_of,
)
from tests.support.examples import expand

TEXT = """\
a: x
a_plain: x
deep_plain:
  b: x
# seal
noted: x
list:
- {a_secret: x}
"""


@pytest.mark.parametrize(
    ("selector", "covered"),
    [
        (DEFAULT, ["a", "a_plain", "deep_plain.b", "noted", "list[0].a_secret"]),
        (Selector("unencrypted_suffix", "_plain"), ["a", "noted", "list[0].a_secret"]),
        (Selector("encrypted_suffix", "_secret"), ["list[0].a_secret"]),
        (Selector("encrypted_regex", "^a"), ["a", "a_plain", "list[0].a_secret"]),
        (Selector("unencrypted_regex", "^(list|deep)"), ["a", "a_plain", "noted"]),
        (Selector("encrypted_comment_regex", "seal"), ["noted"]),
        (Selector("unencrypted_comment_regex", "seal"), ["a", "a_plain", "deep_plain.b", "list[0].a_secret"]),
        (Selector("encrypted_regex", "(?!x)"), []),
        (EVERYTHING, ["a", "a_plain", "deep_plain.b", "noted", "list[0].a_secret"]),
    ],
)
def test_what_is_covered(selector: Selector, covered: list[str]) -> None:
    cover = Cover(selector)
    leaves = parse("a.yaml", TEXT.encode()).leaves
    assert [dotted(leaf.path) for leaf in leaves if cover.covers(leaf)] == covered
    assert cover.valid == (selector.value != "(?!x)")


@pytest.mark.parametrize(
    ("pattern", "valid"), [("^a$", True), ("(?!a)", False), ("(", False), ("\\pL", True)]
)
def test_only_re2_is_a_pattern(pattern: str, valid: bool) -> None:
    assert (compile_re2(pattern) is not None) is valid


def test_the_binary_store_has_no_selector() -> None:
    document = parse("key.pem", expand('{"data": "ENC[…]", "sops": …}').encode())
    assert selector_of(document, None) == EVERYTHING
    assert selector_of(parse("a.yaml", b"a: b\n"), None) == DEFAULT
    assert cover_of(document, None).covers(document.leaves[0])
