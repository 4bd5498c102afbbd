"""The checks, one module or folder each, and nothing else: this registry names them all.

A check is a module with a pure function ``judge(document, context) -> Iterator[Finding]``: no file, no
process, no network, no clock. What it may know stands in its ``Context``, and what of that has to be
gathered for it, it declares here.
"""

from __future__ import annotations

from enum import Enum
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from sealward import rules
from sealward.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import ModuleType

    from sealward.checks.context import Context
    from sealward.document import Document
    from sealward.finding import Finding
    from sealward.sealed.contents import Found


class Needs(Enum):
    """What a check looks at; the engine gathers no more than that."""

    POLICY = "a policy of the server; and, at the end, what the whole repository needs of it"
    TEXT = "the text of a file, which need not be parsed"
    DOCUMENT = "the parsed file, and its versions before"
    VALUES = "what the values are: those in clear, and the sealed ones where a key is at hand"


class Check(Record):
    """One check: its hook id, the module that has its ``judge``, and what that looks at.

    A module of a check that reads text also has ``may_find(data, context)``, which costs next to nothing.
    ``keys`` says that it sees more where a key is at hand; ``whole`` that its module also has a
    ``judge_run(found)`` over the references of all files of a run.
    """

    id: str
    module: str
    needs: Needs
    keys: bool = False
    whole: bool = False

    @property
    def rules(self) -> tuple[rules.Rule, ...]:
        """The rules that its findings may name."""
        return rules.of_check(self.id)

    def judge(self, document: Document, context: Context) -> Iterator[Finding]:
        """Judge one file."""
        findings: Iterator[Finding] = self._loaded().judge(document, context)
        return findings

    def may_find(self, data: bytes, context: Context) -> bool:
        """Of a check that reads text: whether a glance at a file's bytes leaves it something to find."""
        return bool(self._loaded().may_find(data, context))

    def judge_run(self, found: Sequence[Found]) -> Iterator[Finding]:
        """Judge the references of all files of a run together."""
        findings: Iterator[Finding] = self._loaded().judge_run(found)
        return findings

    def _loaded(self) -> ModuleType:
        """Its module, imported when it is first asked: a hook waits for every import."""
        return _imported(self.module)


@cache
def _imported(name: str) -> ModuleType:
    return import_module(f"sealward.checks.{name}")


CHECKS = {
    check.id: check
    for check in (
        Check(id="sops-encrypted", module="encrypted.check", needs=Needs.DOCUMENT),
        Check(id="sops-recipients", module="recipients", needs=Needs.DOCUMENT),
        Check(id="sops-integrity", module="integrity", needs=Needs.DOCUMENT, keys=True),
        Check(id="vault-references", module="references", needs=Needs.VALUES, keys=True, whole=True),
        Check(id="vault-policies", module="vault_policies", needs=Needs.POLICY),
        Check(id="plaintext-secrets", module="plaintext", needs=Needs.TEXT),
    )
}
"""Every check by its hook id."""
