"""A secret in a sealed file is said in the same words, inside and in clear, unless the settings allow it."""

from __future__ import annotations

import base64

import pytest

from sealward.checks import literal
from sealward.config import DEFAULT, load
from sealward.document import parse
from tests.support.literals import expand

TOKEN = expand("ghp_%b62:36%", seed=1)
ALLOWED = load(".sealward.yaml", b"literals: [{path: note, reason: a test}]")


@pytest.mark.parametrize(("text", "found"), [(TOKEN, 1), ("production", 0), ("vault:secret/data/x#k#1", 0)])
def test_inside_and_in_clear(text: str, found: int) -> None:
    document = parse("a.yaml", f"note: {text}\n".encode())
    [leaf] = document.leaves
    for said in (literal.inside(document, DEFAULT, leaf, text), literal.in_clear(document, DEFAULT, leaf)):
        findings = list(said)
        assert [one.rule for one in findings] == ["literal-secret"] * found
        assert TOKEN not in repr(findings)
    assert list(literal.inside(document, ALLOWED, leaf, text)) == []
    assert list(literal.in_clear(document, ALLOWED, leaf)) == []


def test_only_what_stands_in_clear_is_to_be_rotated() -> None:
    document = parse("a.yaml", f"note: {TOKEN}\n".encode())
    [inside] = literal.inside(document, DEFAULT, document.leaves[0], TOKEN)
    [clear] = literal.in_clear(document, DEFAULT, document.leaves[0])
    assert not inside.hint.startswith("rotate it")
    assert clear.hint.startswith("rotate it")


@pytest.mark.parametrize(("kind", "found"), [("Secret", 1), ("ConfigMap", 0)])
def test_data_of_a_secret_is_base64(kind: str, found: int) -> None:
    encoded = base64.b64encode(b"hunter2-hunter").decode()
    document = parse("a.yaml", f"kind: {kind}\ndata:\n  note: {encoded}\n".encode())
    assert len(list(literal.in_clear(document, DEFAULT, document.leaves[-1]))) in (found, 0)
