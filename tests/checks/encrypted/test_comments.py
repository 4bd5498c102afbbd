"""Comments of a sealed file: encrypted ones whole, clear ones without secrets, none in the block."""

from __future__ import annotations

import pytest

from sealward.checks.encrypted.comments import findings
from sealward.document import parse
from tests.support.examples import ciphertext, expand
from tests.support.literals import expand as literal

TOKEN = literal("ghp_%b62:36%", seed=1)
COMMENT = ciphertext("c").replace("type:str", "type:comment")


@pytest.mark.parametrize(
    ("line", "rules"),
    [
        ("# an ordinary remark", []),
        (f"#{COMMENT}", []),
        (f"#{COMMENT} and the rest", ["hidden-plaintext"]),
        (f"# {TOKEN}", ["secret-in-comment"]),
        ("# see docs/rotation.md", []),
    ],
)
def test_findings(line: str, rules: list[str]) -> None:
    document = parse("s.yaml", expand(f"{line}\na: ENC[…]\nsops: …\n").encode())
    found = list(findings(document))
    assert [one.rule for one in found] == rules
    assert TOKEN not in repr(found)
    assert all(one.place.line == 1 for one in found)


def test_a_comment_inside_the_block_is_dropped_by_sops() -> None:
    text = "a: b\nsops:\n    # hunter2\n    mac: x\n    lastmodified: y\n"
    assert [(one.rule, one.place.line) for one in findings(parse("s.yaml", text.encode()))] == [
        ("hidden-plaintext", 3)
    ]


def test_a_mark_inside_a_clear_value_is_no_comment() -> None:
    text = f"a: ENC[…]\nnote_unencrypted: 'see # {TOKEN}'\nsops: …\n"
    assert list(findings(parse("s.yaml", expand(text).encode()))) == []
