"""The settings of a repository: each one read, and each mistake named where it stands."""

from __future__ import annotations

import pytest

from sealward.config import DEFAULT, FILE_NAME, load, read
from sealward.errors import SealwardError

FULL = b"""\
sealed: ["secrets/**", "*.key.json"]
exempt:
  - {path: "docs/**", reason: examples}
  - {path: "*.test.yaml", reason: made up, rules: [plaintext-secret]}
literals: [{path: "bot.*.paper", reason: a flag}]
syntaxes: [bank-vaults, vals]
pins: required
vaults: ["HTTPS://Vault.example.com:8200/"]
"""


def test_every_setting() -> None:
    settings = load(FILE_NAME, FULL)
    assert settings.must_be_sealed("secrets/a/b.yaml")
    assert not settings.must_be_sealed("other.yaml")
    assert settings.is_exempt("docs/a.md", "anything")
    assert settings.is_exempt("a.test.yaml", "plaintext-secret")
    assert not settings.is_exempt("a.test.yaml", "not-sealed")
    assert settings.skips("docs/a.md")
    assert not settings.skips("a.test.yaml")
    assert settings.may_be_literal("bot.kraken.paper")
    assert not settings.may_be_literal("bot.kraken.key")
    assert settings.knows_vault("https://vault.example.com:8200")
    assert settings.knows_vault("vault.example.com:8200/")
    assert not settings.knows_vault("http://vault.example.com:8200")
    assert (settings.syntaxes, settings.pins) == (("bank-vaults", "vals"), "required")


@pytest.mark.parametrize("data", [None, b"", b"# nothing yet\n", b"{}\n"])
def test_without_settings_the_defaults_hold(data: bytes | None) -> None:
    assert read(lambda path: data if path == FILE_NAME else None) == DEFAULT


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: [\n", ".sealward.yaml:2 is not valid YAML"),
        ("- a\n", "must be a mapping"),
        ("seal: []\n", "no setting is called 'seal'"),
        ("sealed: a\n", "`sealed` must be a list of path patterns"),
        ("sealed: [1]\n", "`sealed` must be a list of path patterns"),
        ("exempt: a\n", "`exempt` must be a list"),
        ("exempt: [a]\n", "needs a `path` pattern"),
        ("exempt: [{path: a}]\n", "the exemption of 'a' needs a `reason`"),
        ("exempt: [{path: a, reason: ' '}]\n", "the exemption of 'a' needs a `reason`"),
        ("exempt: [{path: a, reason: b, rules: plaintext-value}]\n", "must be a list of rule ids"),
        (
            "exempt: [{path: a, reason: b, rules: [plaintext-values]}]\n",
            "no rule is called 'plaintext-values'",
        ),
        ("literals: [a]\n", "`literals` must be a list of"),
        ("literals: [{path: a}]\n", "the literal 'a' needs a `reason`"),
        ("syntaxes: [vals, vault]\n", "`syntaxes` must be a list of"),
        ("pins: always\n", "`pins` must be required or optional"),
        ("vaults: [vault.example.com]\n", "`vaults` must be a list of addresses"),
    ],
)
def test_a_mistake_is_named(text: str, told: str) -> None:
    with pytest.raises(SealwardError) as caught:
        load(FILE_NAME, text.encode())
    assert told in caught.value.message
    assert caught.value.message.startswith(FILE_NAME)


def test_a_rule_that_does_not_exist_is_named_with_what_was_meant() -> None:
    with pytest.raises(SealwardError, match="did you mean 'plaintext-value'"):
        load(FILE_NAME, b"exempt: [{path: a, reason: b, rules: [plaintext-valeu]}]\n")


def test_patterns_that_match_nothing() -> None:
    settings = load(FILE_NAME, FULL)
    assert settings.unused(["docs/a.md", "secrets/x"]) == ["*.key.json", "*.test.yaml"]
    assert settings.unused(["docs/a.md", "secrets/x", "a.key.json", "b.test.yaml", "c"]) == []


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        (FULL, []),
        (FULL.replace(b"docs/**", b"**"), ["exempts '**'"]),
        (
            FULL.replace(b"rules: [plaintext-secret]", b"rules: [not-sealed]"),
            ["exempts '*.test.yaml' from not-sealed"],
        ),
        (FULL.replace(b"bot.*.paper", b"bot.**"), ["lets 'bot.**' be literal"]),
        (
            FULL.replace(b"HTTPS://Vault", b"https://other"),
            ["knows the server https://other.example.com:8200"],
        ),
        (FULL.replace(b'"secrets/**", ', b""), ["no longer seals 'secrets/**'"]),
        (FULL.replace(b"pins: required", b"pins: optional"), ["no longer requires pins"]),
        (FULL.replace(b"sealed: [", b'sealed: ["more", '), []),
    ],
    ids=["same", "exempt", "rules", "literal", "server", "sealed", "pins", "more is sealed"],
)
def test_what_settings_let_pass_that_others_did_not(text: bytes, clauses: list[str]) -> None:
    assert load(FILE_NAME, text).looser_than(load(FILE_NAME, FULL)) == clauses
