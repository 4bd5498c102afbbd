"""The least policy of a role: the same for the same needs, and clean under the check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.checks.vault_policies import Known, judge_together
from sealward.config import DEFAULT
from sealward.finding import Place
from sealward.policies import policy
from sealward.policies.least import written
from sealward.policies.needs import Renewed, needs_of
from sealward.references.reference import Reference
from sealward.references.syntax import find_all
from sealward.sealed.contents import Found

if TYPE_CHECKING:
    from sealward.config import Role

REFERENCES = (
    "vault:secret/data/bot/a#k#1",
    "vault:secret/data/alerts/x#k",
    "vault:database/creds/bot#username",
)
RENEWED = [
    Renewed("secret/alerts/*", stored=True, line=3),
    Renewed("secret/bot/a", stored=True, generator="vault-policy:strong", line=5),
    Renewed("database/creds/*", stored=False, line=7),
]


def found(line: int = 1) -> list[Found]:
    return [Found(Place("s.enc.yaml", line), one) for text in REFERENCES for one in find_all(text)]


@pytest.mark.parametrize("role", ["reader", "rotator", "ci"])
def test_it_is_clean_under_the_check_and_the_same_wherever_lines_move(role: Role) -> None:
    text = written(needs_of(role, found(), RENEWED, complete=True))
    known = Known(found(), complete=True, renewed=RENEWED)
    assert list(judge_together([(f"vault/{role}.hcl", text.encode())], [], known, DEFAULT)) == []
    moved = [one._replace(line=one.line + 9) for one in RENEWED]
    assert written(needs_of(role, found(40), moved, complete=True)) == text


def test_what_it_says() -> None:
    text = written(needs_of("rotator", (), RENEWED[:1], complete=True))
    assert 'path "secret/metadata/alerts/+" {\n  capabilities       = ["read", "patch"]\n' in text
    assert '  allowed_parameters = { "custom_metadata" = [] }\n' in text
    assert "# vault/rotation.yaml renews it.\n" in text


def test_a_wider_need_is_not_said_again_for_each_path() -> None:
    text = written(needs_of("ci", found(), RENEWED, complete=True))
    assert "alerts/+" in text
    assert "alerts/x" not in text


def test_a_path_with_control_characters_is_written_so_that_the_server_reads_the_same() -> None:
    odd = Reference(mount="secret", path='a"\\\u202e\x1b', key="k", version=1, syntax="inline")
    needs = needs_of("reader", [Found(Place("s.enc.yaml"), odd)], (), complete=True)
    text = written(needs)
    assert text.replace("\n", "").isprintable()
    (rule,) = policy.read(text.encode()).rules
    assert rule.text == 'secret/data/a"\\\u202e\x1b'


def test_nothing() -> None:
    assert written(needs_of("reader", (), (), complete=True)).endswith("# Nothing is needed.\n")
