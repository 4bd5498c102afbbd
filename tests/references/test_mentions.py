"""Text that nobody re-pins: where it names a secret, and the version that it pins."""

from __future__ import annotations

import pytest

from sealward.references.mentions import Mention, mentions, pins

EXTERNAL = """\
kind: ExternalSecret
spec:
  data:
    - secretKey: a
      remoteRef:
        key: bot/x
        property: k
        version: "3"
    - secretKey: b
      remoteRef: {key: secret/data/bot/x, property: k, version: "4"}
    - secretKey: c
      remoteRef:
        key: bot/x
  dataFrom:
    - extract:
        key: bot/y
        version: 5
"""
OPERATOR = """\
kind: VaultStaticSecret
spec:
  type: kv-v2
  mount: secret
  path: bot/x
  version: 2
---
kind: ConfigMap
data: {path: bot/x, version: "9"}
"""
ANNOTATED = """\
kind: Secret
metadata:
  annotations:
    avp.kubernetes.io/path: "secret/data/bot/x"
    avp.kubernetes.io/secret-version: "7"
stringData:
  password: <password>
"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("env:\n- name: K\n  value: vault:secret/data/x#k#1\n", [Mention(3, "secret/x", 1)]),
        ("a: 1\nb: ref+vault://secret/x?version=2#/k\n", [Mention(2, "secret/x", 2)]),
        ("b: <path:secret/data/x#k#2>\n", [Mention(1, "secret/x", 2)]),
        ('\n\n{{ with secret "secret/x?version=2" }}{{ .Data.data.k }}{{ end }}\n', [Mention(3, "secret/x", 2)]),
        (EXTERNAL, [Mention(6, "bot/x", 3), Mention(10, "secret/data/bot/x", 4), Mention(16, "bot/y", 5)]),
        (OPERATOR, [Mention(5, "secret/bot/x", 2)]),
        (ANNOTATED, [Mention(4, "secret/data/bot/x", 7)]),
        ("value: vault:secret/data/x#k\n", []),
        ("kind: ConfigMap\ndata: {path: bot/x, version: '9', mount: secret}\n", []),
        ("dependencies:\n- {name: vault, version: 3}\n", []),
        ("", []),
    ],
)  # fmt: skip
def test_every_pin_of_a_text_with_its_line(text: str, found: list[Mention]) -> None:
    assert pins(text) == found


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a\nvault:secret/data/bot/x#k#1", [(2, 1)]),
        ("bao kv get secret/bot/x", [(1, None)]),
        ("curl $VAULT_ADDR/v1/secret/data/bot/x", [(1, None)]),
        ("see `secret/bot/x`.\nAnd secret/bot/x.", [(1, None), (2, None)]),
        ("/secret/data/bot/x", [(1, None)]),
        (EXTERNAL, [(6, 3), (10, 4), (13, None)]),
        (OPERATOR, [(5, 2)]),
        (ANNOTATED, [(4, 7)]),
        ("secret/bot/xy secret/bot/x-y secret/bot/x/y my/secret/bot/x secret/bot/x.yaml", []),
        ("other/bot/x", []),
        ("path: bot/x", []),
        ("", []),
    ],
)
def test_every_line_that_names_a_secret_and_none_that_names_another(
    text: str, lines: list[tuple[int, int | None]]
) -> None:
    assert [(one.line, one.version) for one in mentions(text, "secret", "bot/x")] == lines


def test_a_long_text_is_looked_at_once() -> None:
    block = "remoteRef:\n" * 20_000
    assert pins(block) == []
    assert pins("avp.kubernetes.io/path: a/b\n---\n" * 5_000) == []
