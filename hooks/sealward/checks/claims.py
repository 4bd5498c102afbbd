"""Must this file be sealed, and why: the rule of thumb, kept in one place (see docs/claims.md).

A creation rule that matches is no proof by itself: real rules are as loose as ``.*secret.*``, or have
no path at all. A claim counts when the rule names the file, or a folder that says what it holds; and
an ordinary manifest is never claimed by content that its rule would leave in clear.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sealward.checks.harmless import is_harmless, is_sensitive_key
from sealward.document.model import Mapping, Scalar, Sequence
from sealward.sops.selectors import DEFAULT, Cover

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealward.checks.context import Context
    from sealward.document import Document, Leaf
    from sealward.document.model import Node
    from sealward.sops.creation_rules import Rule

CONFIGURATION = re.compile(r"(?:^|/)(?:\.sops\.ya?ml|\.sealward\.ya?ml|\.pre-commit-config\.ya?ml)$")
NAMED = re.compile(r"\.(?:enc|sops|encrypted)\.(?:ya?ml|json|env|ini)$")
_SECRET_FOLDERS = frozenset(
    ("secret", "secrets", ".secrets", "sops", "sealed", "encrypted", "enc", "credentials", "creds", "private")
)
_SECRET_KINDS = frozenset(("Secret", "SopsSecret"))
_ORDINARY = re.compile(
    r"(?:^|/)(?:kustomization\.ya?ml|Chart\.ya?ml|\.github/.*|\.gitlab-ci\.ya?ml|(?:docker-)?compose[^/]*\.ya?ml"
    r"|package(?:-lock)?\.json|tsconfig[^/]*\.json|[^/]*\.schema\.json|renovate\.json5?)$"
)
_PROBE = "zq7"


def claim(document: Document, context: Context) -> str | None:
    """The reason for which an unsealed file must be sealed, as a clause ("… is named like a sealed
    file"); None where nothing demands it."""
    path = document.path
    if CONFIGURATION.search(path) or _is_sops_configuration(document):
        return None
    if context.forced:
        return "`sealed:` in .sealward.yaml names it"
    if NAMED.search(path):
        return "its name says that it is sealed"
    if any(is_plain_secret(part.root) for part in document.parts):
        return "it is a Kubernetes Secret with values in clear"
    if context.rule is None:
        return None
    return _claimed(document, context.rule, context.rule_path)


def may_be_claimed(path: str, rule: Rule | None, rule_path: str, data: bytes) -> bool:
    """Cheaply, before parsing: whether ``claim`` could give a reason for these bytes."""
    if NAMED.search(path) or (b"Secret" in data and b"kind" in data):
        return True
    return rule is not None and (binding(rule, rule_path) is not None or _is_loose_claim(rule, rule_path))


def binding(rule: Rule, path: str) -> str | None:
    """How tightly a rule that matches a path names it: ``file``, ``folder``, or None (loosely).

    Found by probing: a rule names a file if it no longer matches with another stem nor with another
    suffix, and a folder if it no longer matches with that folder renamed.
    """
    if rule.pattern is None:
        return None
    folder, slash, name = path.rpartition("/")
    stem, dot, suffix = name.rpartition(".")
    other_stem = rule.matches(f"{folder}{slash}{_PROBE}{dot}{suffix}")
    other_suffix = rule.matches(f"{folder}{slash}{stem or name}.{_PROBE}")
    if not other_stem and not other_suffix:
        return "file"
    steps = folder.split("/") if folder else []
    for index, step in enumerate(steps):
        if step.lower() in _SECRET_FOLDERS:
            probe = "/".join([*steps[:index], _PROBE, *steps[index + 1 :], name])
            if not rule.matches(probe):
                return "folder"
    return None


def is_plain_secret(root: Node | None) -> bool:
    """Whether a document is a Kubernetes Secret (or a List of some) with a literal in clear.

    Empty values, references to Vault and placeholders are no literals; ``data`` is base64.
    """
    return any(
        not is_harmless(value, base64=name == "data")
        for secret in _secrets(root)
        for name in ("data", "stringData")
        for value in _texts(secret.get(name))
    )


def _claimed(document: Document, rule: Rule, path: str) -> str | None:
    if document.store == "binary":
        return None
    if _ORDINARY.search(document.path) or any(_is_manifest(part.root) for part in document.parts):
        return None
    how = binding(rule, path)
    if how is None and not _is_loose_claim(rule, path):
        return None
    cover = Cover(rule.selector or DEFAULT)
    literals = (leaf for leaf in document.leaves if cover.covers(leaf) and _is_literal(leaf))
    if how is not None:
        reason = "names it" if how == "file" else "claims its folder"
        return f"creation rule {rule.number} {reason}" if any(True for _ in literals) else None
    if any(is_sensitive_key(leaf.path) for leaf in literals):
        return f"creation rule {rule.number} matches it and it holds a literal under a sensitive key"
    return None


def _is_loose_claim(rule: Rule, path: str) -> bool:
    """A rule with a pattern that means some files and not simply all of them."""
    return rule.pattern is not None and not rule.matches(f"{_PROBE}/{_PROBE}.{path.rpartition('.')[2]}")


def _is_literal(leaf: Leaf) -> bool:
    return leaf.kind in ("str", "binary") and not is_harmless(leaf.text)


def _is_manifest(root: Node | None) -> bool:
    """A Kubernetes object of a kind that holds no secrets itself (Deployment, HelmRelease, …)."""
    if not isinstance(root, Mapping):
        return False
    kind, version = root.get("kind"), root.get("apiVersion")
    return isinstance(kind, Scalar) and isinstance(version, Scalar) and kind.text not in _SECRET_KINDS


def _is_sops_configuration(document: Document) -> bool:
    """A configuration under another name (``sops.yaml``, used with ``--config``)."""
    root = document.parts[0].root if document.parts else None
    return isinstance(root, Mapping) and isinstance(root.get("creation_rules"), Sequence)


def _secrets(root: Node | None) -> Iterator[Mapping]:
    if not isinstance(root, Mapping):
        return
    kind, items = root.get("kind"), root.get("items")
    if not isinstance(kind, Scalar) or not isinstance(root.get("apiVersion"), Scalar):
        return
    if kind.text == "Secret":
        yield root
    elif kind.text == "List" and isinstance(items, Sequence):
        for item in items.items:
            yield from _secrets(item)


def _texts(node: Node | None) -> Iterator[str]:
    if isinstance(node, Mapping):
        for entry in node.entries:
            if isinstance(entry.value, Scalar) and entry.value.kind != "null":
                yield entry.value.text
