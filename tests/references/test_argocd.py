"""Placeholders of argocd-vault-plugin: where one begins and ends, what it names, where its pin goes."""

from __future__ import annotations

import pytest

from sealward.references.argocd import read


@pytest.mark.parametrize(
    ("text", "key", "version"),
    [('<path:secret/data/a#k#7>', 'k', 7), ('<path:secret/data/a#k>', 'k', None), ('<path:secret/data/a# k # 7 | base64encode>', 'k', 7), ('<path:/secret/data/a#k#7>', 'k', 7)],
)  # fmt: skip
def test_read(text: str, key: str, version: int | None) -> None:
    found = read(f"x{text}y", 1)
    assert found is not None
    assert (found.start, found.end) == (1, 1 + len(text))
    [one] = found.references
    assert (one.secret, one.key, one.version, one.syntax) == ("secret/a", key, version, "argocd")
    pinned = f"x{text}y"
    begin, end = found.pin
    pinned = pinned[:begin] + found.before + "12" + pinned[end:]
    again = read(pinned, 1)
    assert again is not None
    assert [one.version for one in again.references] == [12]


@pytest.mark.parametrize(
    "text",
    [
        "<path:secret/data/a>",
        "<path:keyvault#k>",
        "<path:secret/data/a#k#latest>",
        "<path:kv/a#k#7>",
        "<path:secret/data/../a#k>",
        "path:secret/data/a#k>",
    ],
)
def test_what_is_none(text: str) -> None:
    assert read(text, 0) is None
