"""The registry: every check is there once, with a module, rules, and what it needs."""

from __future__ import annotations

import inspect
from importlib import import_module

import pytest

from sealward.checks import CHECKS, Check, Needs
from sealward.checks.context import Context
from sealward.document import parse
from sealward.rules import RULES


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_check_has_what_it_declares(check: Check) -> None:
    module = import_module(f"sealward.checks.{check.module}")
    assert list(inspect.signature(module.judge).parameters) == ["document", "context"]
    assert hasattr(module, "may_find") == (check.needs is Needs.TEXT)
    assert hasattr(module, "judge_run") == check.whole
    assert check.rules
    assert list(check.judge(parse("a.txt", b""), Context())) == []


def test_every_rule_belongs_to_a_check() -> None:
    assert {rule.check for rule in RULES.values()} == set(CHECKS)
    assert sum(len(check.rules) for check in CHECKS.values()) == len(RULES)
