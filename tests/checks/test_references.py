"""What is inside a file: references in every form, and what was meant as one or as none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from sealward.checks.context import Context
from sealward.checks.references import judge, judge_run
from sealward.config import DEFAULT, load
from sealward.document import parse
from sealward.sealed.contents import found, values
from sealward.sops.reading.decryption import decrypt
from sealward.sops.reading.identities import find

if TYPE_CHECKING:
    from sealward.document import Document
    from tests.support.sops import Sealer

RANDOM = "q8Zt3LmVx0Rb7WcY2NsKd5"
SETTINGS = b"""\
literals:
  - {path: "allowed.*", reason: a test}
syntaxes: [bank-vaults, inline]
pins: required
"""


def unsealed(text: str) -> tuple[Document, Context]:
    document = parse("values.yaml", text.encode())
    return document, Context(asked=True, values=tuple(values(document, None)))


def opened(sealer: Sealer, text: str, settings: bytes = b"") -> tuple[Document, Context]:
    document = parse("s.enc.yaml", sealer.seal("s.enc.yaml", text))
    chosen = load(".sealward.yaml", settings) if settings else DEFAULT
    inside = decrypt(document, find())
    held = tuple(values(document, inside))
    return document, Context(sealed=True, opened=inside, values=held, settings=chosen)


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("a: vault:secret/data/bot#key#1", []),
        ("a: url is ${vault:secret/data/bot#key#1}/x", []),
        ("a: 5\nb: true\nc: ~\nd: ''\ne: 1.5\nf: []\ng: 2001-12-14", []),
        ("log_level: debug\nregion: eu-west-1", []),
        ("a: vault:secret/bot#key#1", ["malformed-reference"]),
        ("a: vault:secret/data/bot", ["malformed-reference"]),
        ("a: ' vault:secret/data/bot#key#1'", ["malformed-reference"]),
        ("a: vault:secret/data/../../x/y#key#1", ["malformed-reference"]),
        (f"password: {RANDOM}", ["literal-secret"]),
        (f"x: {RANDOM}", ["literal-secret"]),
        (f"a: ${{vault:secret/data/bot#user#1}}:{RANDOM}", ["literal-secret"]),
        (f"password: {RANDOM}\nb: vault:secret/data/bot", ["literal-secret", "malformed-reference"]),
        (f"list:\n  - x\n  - {RANDOM}", ["literal-secret"]),
    ],
)
def test_what_is_inside(sealer: Sealer, text: str, rules: list[str]) -> None:
    findings = list(judge(*opened(sealer, text + "\n")))
    assert [finding.rule for finding in findings] == rules
    assert RANDOM not in repr(findings)


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (f"allowed:\n  password: {RANDOM}", []),
        (f"other:\n  password: {RANDOM}", ["literal-secret"]),
        ("a: vault:secret/data/bot#key#1", []),
        ("a: vault:secret/data/bot#key", ["unpinned-reference"]),
        ("a: vault:database/creds/bot#username", []),
        ("a: <path:secret/data/bot#key#1>", ["malformed-reference"]),
        ("a: ref+vault://secret/bot#/key", ["malformed-reference", "unpinned-reference"]),
    ],
)
def test_settings(sealer: Sealer, text: str, rules: list[str]) -> None:
    findings = list(judge(*opened(sealer, text + "\n", SETTINGS)))
    assert [finding.rule for finding in findings] == rules


def test_an_unsealed_file_is_judged_by_form_alone() -> None:
    document, context = unsealed(f"a: vault:secret/bot#key\nb: vault:secret/data/bot#key#2\npw: {RANDOM}\n")
    findings, seen = list(judge(document, context)), list(found(document, context.values))
    assert [(finding.rule, finding.place.line, finding.place.key_path) for finding in findings] == [
        ("malformed-reference", 1, "a")
    ]
    assert [(*one.place, one.reference.version) for one in seen] == [("values.yaml", 2, 4, "b", 2)]


@pytest.mark.parametrize(
    ("pins", "lines"),
    [
        (("bot#a#1", "bot#b#1"), []),
        (("bot#a#1", "bot#b"), []),
        (("bot#a#1", "other#a#2"), []),
        (("bot#a#1", "bot#b#2", "bot#a#1"), [2]),
        (("bot#a#1", "bot#a#3", "bot#a#2"), [2, 3]),
    ],
)
def test_one_secret_has_one_pin(pins: tuple[str, ...], lines: list[int]) -> None:
    text = "".join(f"k{number}: vault:secret/data/{pin}\n" for number, pin in enumerate(pins))
    document, context = unsealed(text)
    findings = list(judge_run(list(found(document, context.values))))
    assert [finding.place.line for finding in findings] == lines
    assert all(
        re.search(r"pins version \d of secret/bot, and values\.yaml:1 pins", f.message) for f in findings
    )
