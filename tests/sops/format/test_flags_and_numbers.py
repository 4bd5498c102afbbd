"""Flags and whole numbers of a creation rule, as go-yaml reads them for sops."""

from __future__ import annotations

import pytest

from sealward.sops.format.creation_rules import BrokenConfiguration, load

KEY = "age1yt3tfqlfrwdwx0z0ynwplcr6qxcxfaqycuprpmy89nr83ltx74tqdpszlw"
OTHER = "age189ldufv5zf8wxkytfq68dh953rtc8egr8vg6q6hpmcz4ugn4n33qfsfqpn"
GROUPS = f"key_groups: [{{age: [{KEY}]}}, {{age: [{OTHER}]}}]"


@pytest.mark.parametrize(
    ("text", "flag", "broken"),
    [
        ("true", True, False), ("yes", True, False), ("'yes'", True, False), ("on", True, False), ("Y", True, False),
        ("no", False, False), ("off", False, False), ("N", False, False), ("false", False, False),
        ("Yes please", False, True), ("'true'", False, True), ("1", False, True),
    ],
)  # fmt: skip
def test_flags(text: str, flag: bool, broken: bool) -> None:
    found = load(".sops.yaml", f"creation_rules: [{{age: {KEY}, mac_only_encrypted: {text}}}]".encode())
    assert found is not None
    assert bool(found.defects) is broken
    assert broken or found.rules[0].mac_only_encrypted is flag


@pytest.mark.parametrize(
    ("text", "number", "broken"),
    [
        ("2", 2, False),
        ("2.0", 2, False),
        ("2.7", 2, False),
        ("0", 0, False),
        ("1", 1, True),
        ("3", 3, True),
        ("x", 0, True),
    ],
)
def test_thresholds(text: str, number: int, broken: bool) -> None:
    found = load(".sops.yaml", f"creation_rules: [{{{GROUPS}, shamir_threshold: {text}}}]".encode())
    assert found is not None
    assert bool(found.defects) is broken
    assert broken or found.rules[0].shamir_threshold == number


def test_a_configuration_that_is_not_yaml_is_broken_by_its_name() -> None:
    with pytest.raises(BrokenConfiguration):
        load("a/.sops.yaml", b"a: [\n")
    assert load("a/sops.yaml", b"a: [\n") is None
