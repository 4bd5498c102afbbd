"""Known shapes: each found among other text, none in harmless twins."""

from __future__ import annotations

import pytest

from sealward.detectors.tokens.search import known_token, tokens_in
from tests.support.literals import expand

SHAPES = [
    ("a GitHub token", "ghp_%b62:36%"), ("a GitLab token", "glpat-%b62:20%"), ("a Vault token", "%s:hvs.%%b62:28%"),
    ("a Slack webhook", "https://hooks.%s:slack%.com/services/T%B36:8%/B%B36:8%/%b62:24%"),
    ("a private key", "-----BEGIN %s:RSA PRIVATE% KEY-----\n%b64:48%"),
    ("an age identity", "%s:AGE-SECRET-KEY-%1%B32A:58%"), ("a JWT", "%s:eyJhbGciOiJIUzI1NiJ9%.%s:eyJzdWIiOiIxMjM0In0%.%b64u:43%"),
    ("an AWS access key", "%s:AKIA%%B32:16%"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "shape"), SHAPES)
def test_a_shape_is_known_by_name(name: str, shape: str) -> None:
    text = f"first {expand(shape, seed=3)} last"
    assert known_token(text) == name
    found = list(tokens_in(text))
    assert found
    assert all(token in text for _, token in found)


@pytest.mark.parametrize(
    "text",
    ["", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "AKIAIOSFODNN7EXAMPLE", "just words " * 20, "hvs.short"],
)
def test_harmless_twins(text: str) -> None:
    assert known_token(text) is None
