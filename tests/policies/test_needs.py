"""What each role needs."""

from __future__ import annotations

import pytest

from sealward.finding import Place
from sealward.policies.acl import pattern
from sealward.policies.needs import Index, Need, Renewed, acl_of, mounts, needs_of
from sealward.references.syntax import find_all
from sealward.sealed.contents import Found


def found(*references: str) -> list[Found]:
    return [Found(Place("s.enc.yaml", 3), one) for text in references for one in find_all(text)]


def demanded(role: str, references: tuple[str, ...], renewed: tuple[Renewed, ...] = ()) -> list[str]:
    needs = needs_of(role, found(*references), renewed, complete=True)  # type: ignore[arg-type]
    return [
        f"{one.pattern.text} {'+'.join(sorted(one.all_of))}"
        + (f" {'|'.join(sorted(one.one_of))}" if one.one_of else "")
        for one in needs.each
        if one.demanded
    ]


@pytest.mark.parametrize(
    ("path", "made"),
    [
        ("secret/bot/binance", "secret/bot/binance"),
        ("secret/alerts/*", "secret/alerts/+"),
        ("secret/alerts/slack-*", "secret/alerts/slack-*"),
        ("secret/*-prod/key", "secret/+/key"),
        ("secret/bot/**", "secret/bot/*"),
        ("secret/**/key", "secret/*"),
        ("secret/v?/key", "secret/+/key"),
        ("secret/bot/v*x", "secret/bot/+"),
    ],
)
def test_the_smallest_pattern_for_paths_of_the_rotation_policy(path: str, made: str) -> None:
    assert acl_of(path) == made


@pytest.mark.parametrize(
    ("references", "needs"),
    [
        (("vault:secret/data/bot#key#1",), ["secret/data/bot read"]),
        (("vault:kv/team/data/bot#key",), ["kv/team/data/bot read"]),
        (("vault:database/creds/bot#username",), ["database/creds/bot read"]),
        (("vault:pki/issue/web#certificate",), ["pki/issue/web  read|update"]),
        (("ref+vault://secret/bot?address=https://other.example#/key",), []),
    ],
)
def test_a_reader(references: tuple[str, ...], needs: list[str]) -> None:
    assert demanded("reader", references) == needs


def test_ci_reads_no_value() -> None:
    needs = demanded("ci", ("vault:secret/data/bot#key#1", "vault:database/creds/bot#username"))
    assert needs == [
        "secret/metadata/bot read",
        "secret/subkeys/bot read",
        "secret/config read",
        "database/roles/bot read",
    ]


@pytest.mark.parametrize(
    ("rule", "needs"),
    [
        (
            Renewed("secret/bot/*", stored=True),
            ["secret/data/bot/+ read patch|update", "secret/metadata/bot/+ read patch|update", "secret/config read"],
        ),
        (Renewed("database/creds/*", stored=False), ["database/roles/+ read"]),
        (Renewed("database/static-creds/bot", stored=False), ["database/static-roles/bot read"]),
        (Renewed("database/static-creds/bot", True, "rotate-role"), ["database/rotate-role/bot  create|update"]),
        (
            Renewed("secret/bot/a", True, "vault-policy:strong"),
            ["secret/data/bot/a read patch|update", "secret/metadata/bot/a read patch|update", "secret/config read",
             "sys/policies/password/strong/generate read"],
        ),
    ],
)  # fmt: skip
def test_the_rotator(rule: Renewed, needs: list[str]) -> None:
    assert demanded("rotator", (), (rule,)) == [*needs, "sys/capabilities-self update"]


def test_a_mount_within_folders_is_that_of_the_references() -> None:
    needs = demanded("rotator", ("vault:kv/team/data/bot#key#1",), (Renewed("kv/team/bot", stored=True),))
    assert needs[0] == "kv/team/data/bot read patch|update"


def test_which_mounts_are_kv_2() -> None:
    references = found("vault:secret/data/bot#key#1", "vault:database/creds/bot#username")
    assert mounts(references, [Renewed("kv/a", True), Renewed("db/creds/x", False)]) == {"secret", "kv"}


def test_an_index_finds_the_needs_that_meet_a_pattern() -> None:
    each = [
        Need(pattern=pattern(text), all_of=frozenset(), why="", one_of=frozenset())
        for text in ("a/b", "a/+", "a/c", "a/*")
    ]
    index = Index(each)
    found = {
        text: [one.pattern.text for one in index.meeting(pattern(text))] for text in ("a/b", "a/+", "x/*")
    }
    assert found == {"a/b": ["a/b", "a/+", "a/*"], "a/+": ["a/b", "a/+", "a/c", "a/*"], "x/*": []}


def test_what_a_need_lacks() -> None:
    need = Need(
        pattern=pattern("a"), all_of=frozenset(("read",)), why="why", one_of=frozenset(("patch", "update"))
    )
    assert need.lacks(frozenset()) == ["read", "patch"]
    assert need.lacks(frozenset(("read", "update"))) == []
    assert need.permits == {"read", "patch", "update"}
