"""For whom a file is sealed, against its rule and against its version in HEAD."""

from __future__ import annotations

import pytest

from sealward.checks.context import Context
from sealward.checks.recipients import judge
from sealward.document import parse
from sealward.sops.format.creation_rules import Rule, load
from tests.support.examples import OTHER, RECIPIENT, expand

BOTH = f"{RECIPIENT},{OTHER}"


def rule(more: str = "", age: str = RECIPIENT) -> Rule:
    text = f"creation_rules:\n  - age: {age}\n{more}" if age else f"creation_rules:\n  - {more.strip()}\n"
    configuration = load(".sops.yaml", text.encode())
    assert configuration is not None
    return configuration.rules[0]


def found(words: str, chosen: Rule | None, before: str | None = None) -> list[tuple[str, str]]:
    document = parse("s.yaml", expand(f"a: ENC[same]\nsops: …{words}\n").encode())
    previous = (
        () if before is None else (parse("s.yaml", expand(f"a: ENC[same]\nsops: …{before}\n").encode()),)
    )
    return [
        (one.rule, one.severity.value) for one in judge(document, Context(rule=chosen, previous=previous))
    ]


SUFFIX = "    encrypted_suffix: _secret\n"


@pytest.mark.parametrize(
    ("words", "chosen", "rules"),
    [
        ("", rule(), []),
        ("", None, []),
        ("", rule(age=BOTH), [("recipient-missing", "error")]),
        (" both", rule(), [("recipient-extra", "error")]),
        (" both", rule(age=BOTH), []),
        ("", rule(age=OTHER), [("recipient-missing", "error"), ("recipient-extra", "error")]),
        ("", rule(SUFFIX), [("selector-differs", "warning")]),
        (" encrypted_regex ^b$", rule(), [("selector-differs", "error")]),
        ("", rule("    mac_only_encrypted: true\n"), [("selector-differs", "warning")]),
    ],
)
def test_against_the_rule(words: str, chosen: Rule | None, rules: list[tuple[str, str]]) -> None:
    assert found(words, chosen) == rules


@pytest.mark.parametrize(("says", "rules"), [(1, ["threshold-differs"]), (2, []), (9, [])])
def test_the_threshold_of_key_groups(says: int, rules: list[str]) -> None:
    groups = f"shamir_threshold: {says}\n    key_groups: [{{age: [{RECIPIENT}]}}, {{age: [{OTHER}]}}]"
    assert [one for one, _ in found(" groups 2", rule(groups, age=""))] == rules


@pytest.mark.parametrize(
    ("words", "before", "rules"),
    [
        ("", "", []),
        (" both", " both", []),
        (" both", "", ["stale-stanza"]),
        (" both renewed", "", []),
        (" renewed", " both", ["data-key-kept"]),
        ("", " both", ["stale-stanza", "data-key-kept"]),
    ],
)
def test_against_the_version_before(words: str, before: str, rules: list[str]) -> None:
    assert [one for one, _ in found(words, None, before)] == rules


@pytest.mark.parametrize(
    ("fingerprint", "same"),
    [
        ("FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4", True),
        ("3D16CEE4A27381B4", True),
        ("AAAAAAAAAAAAAAAA", False),
    ],
)
def test_a_short_fingerprint_names_the_same_key(fingerprint: str, same: bool) -> None:
    block = '{"a": "ENC[…]", "sops": {"mac": "x", "lastmodified": "x", "version": "3.11.0", "pgp": [{"fp": "FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4", "enc": "x"}]}}'
    configuration = load(".sops.yaml", f"creation_rules:\n  - pgp: {fingerprint}\n".encode())
    assert configuration is not None
    document = parse("s.json", expand(block).encode())
    assert (list(judge(document, Context(rule=configuration.rules[0]))) == []) is same


def test_an_unsealed_file_is_not_judged() -> None:
    assert list(judge(parse("a.yaml", b"a: b\n"), Context(rule=rule()))) == []
