"""The one door: each kind of place asks the detector that knows it, and nothing shows the text."""

from __future__ import annotations

import pytest

from sealward.detectors import hidden, secret_in
from tests.support.literals import expand

TOKEN = expand("ghp_%b62:36%", seed=1)


@pytest.mark.parametrize("kind", ["str", "comment", "key", "line", "tag"])
def test_a_token_is_a_secret_wherever_it_stands(kind: str) -> None:
    said = secret_in(TOKEN, ("note",), kind)
    assert said == "a GitHub token"


@pytest.mark.parametrize("kind", ["str", "comment", "key", "line", "data"])
@pytest.mark.parametrize("text", ["", "production", "db.internal"])
def test_harmless_text_is_none_wherever_it_stands(text: str, kind: str) -> None:
    assert secret_in(text, ("note",), kind) is None


def test_base64_of_a_token_is_one_where_base64_is_expected() -> None:
    import base64

    assert secret_in(base64.b64encode(TOKEN.encode()).decode(), ("data", "a"), "data") == "a GitHub token"


def test_hidden_shows_stars_and_leaves_the_rest() -> None:
    assert hidden(f"a {TOKEN} b") == "a ******** b"
    assert hidden("a b") == "a b"
