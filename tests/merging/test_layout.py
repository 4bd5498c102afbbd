"""A file in pieces, and put together again: the same text; what is not laid out as sops does it has no
pieces."""

from __future__ import annotations

import pytest

from sealward.document import parse
from sealward.merging.layout import body_of, text_of
from sealward.merging.pieces import NotPlain
from sealward.merging.side import Tokens, plain

SOPS = 'sops:\n    mac: ENC[x]\n    lastmodified: "2026-01-01T00:00:00Z"\n'
PLAIN = {
    "a.yaml": "a: 1\n# c\nb:\n    # d\n    c: x\n    # e\nl:\n    - 1\n    # f\n    - a: 1\n      b: 2\n# g\n"
    + SOPS,
    "two.yaml": "a: 1\nb: 2\n",
    "indent.yaml": "a:\n  b:\n    - x\n    - y\n",
    "flush.yaml": "a:\n- x\n- k: 1\n  l: 2\n",
    "documents.yaml": f"a: 1\n{SOPS}---\nb: 2\n{SOPS}",
    "marked.yaml": "---\na: 1\n",
    "empties.yaml": 'a: {}\nb: []\nc: null\nd: ""\n',
    "dash.yaml": "l:\n    - # c\n      a: 1\n    - - 1\n      - 2\n",
    "quoted.yaml": '"a b": 1\n"on": 2\n? x\n: 3\n'.partition("?")[0],
    "a.json": '{\n\t"a": "\u00e9\\"",\n\t"b": {\n\t\t"c": 1\n\t},\n\t"l": [\n\t\t1,\n\t\t{}\n\t],\n\t"sops": {\n\t\t"mac": "x"\n\t}\n}\n',
    "a.env": "# c\nA=1\nB=\nsops_mac=x\nsops_lastmodified=y\n",
    "a.ini": "[s]\n; c\nk = v\n[t]\nx = y\n[sops]\nmac = x\n",
}


@pytest.mark.parametrize("name", PLAIN)
def test_a_text_comes_back_as_it_was(name: str) -> None:
    document = parse(name, PLAIN[name].encode())
    body = body_of(plain("ours", document, Tokens()))
    assert text_of(document, body.roots, body.metadata) == PLAIN[name]


@pytest.mark.parametrize(
    "text",
    [
        "a: {b: 1}\n", "a: [1, 2]\n", "a: &x\n    b: 1\nc: *x\n", "a: 1\r\nb: 2\r\n", "a: 1",
        "? a\n: b:\n    1\n", "- 1\n", "{a: 1}\n", "a: 1\n\n\n\nb:\n\n    # c\n  # d\n    x: 1\n",
    ],
)  # fmt: skip
def test_what_is_laid_out_otherwise_has_no_pieces(text: str) -> None:
    with pytest.raises(NotPlain):
        body_of(plain("ours", parse("x.yaml", text.encode()), Tokens()))
