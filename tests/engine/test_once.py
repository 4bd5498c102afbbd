"""Several checks see one defect: it is said once. No finding shows a key that is a token."""

from __future__ import annotations

import pytest

from sealward.config import DEFAULT
from sealward.document import parse
from sealward.engine import once
from sealward.finding import Finding, Place
from tests.support.literals import expand


def finding(rule: str, line: int = 1, column: int = 1, key_path: str = "a", message: str = "m") -> Finding:
    return Finding(rule=rule, place=Place("f.yaml", line, column, key_path), message=message, hint="h")


@pytest.mark.parametrize(
    ("said", "more", "left"),
    [
        ("plaintext-value", "literal-secret", 0),
        ("hidden-plaintext", "literal-reference", 0),
        ("plaintext-value", "malformed-reference", 1),
        ("duplicate-key", "literal-secret", 1),
    ],
)
def test_a_value_in_clear_is_said_once(said: str, more: str, left: int) -> None:
    assert len(once.of_values([finding(said)], [finding(more)])) == left


def test_another_place_is_another_value() -> None:
    assert len(once.of_values([finding("plaintext-value", 1)], [finding("literal-secret", 2)])) == 1


@pytest.mark.parametrize(("line", "left"), [(2, 0), (3, 0), (5, 1)])
def test_a_line_within_a_value_is_of_that_value(line: int, left: int) -> None:
    document = parse("f.yaml", b"a: 1\nb: |\n  x\n  y\nc: 2\n")
    said = [finding("literal-secret", 2)]
    assert len(once.of_text(document, said, [finding("plaintext-secret", line)], DEFAULT)) == left
    assert once.of_text(document, said, [], DEFAULT) == []


def test_a_token_in_a_key_path_is_not_shown() -> None:
    token = expand("ghp_%b62:36%", seed=1)
    shown = once.without_secrets(finding("plaintext-value", key_path=f"a.{token}", message=f"of {token}"))
    assert token not in repr(shown)
    assert shown.place.key_path == "a.********"


def test_a_finding_without_secrets_stays_as_it_is() -> None:
    for one in (finding("not-sealed"), finding("not-sealed", message="a-word-that-is-longer-than-any")):
        assert once.without_secrets(one) is one
