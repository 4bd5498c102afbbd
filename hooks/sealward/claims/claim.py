"""Must this file be sealed, and why: the rule of thumb, kept in one place (see docs/claims.md).

A creation rule that matches is no proof by itself: real rules are as loose as ``.*secret.*``, or have
no path at all. A claim counts when the rule names the file, or a folder that says what it holds; and
an ordinary manifest is never claimed by content that its rule would leave in clear.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sealward.claims.binding import NAMED, binding, is_loose
from sealward.detectors.placeholders import decoded, holds_placeholder, is_harmless, is_sensitive_key
from sealward.document.model import Mapping, Scalar, Sequence
from sealward.sops.format.selectors import DEFAULT, Cover

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealward.checks.context import Context
    from sealward.document import Document, Leaf, Part
    from sealward.document.model import Node
    from sealward.sops.format.creation_rules import Rule

CONFIGURATION = re.compile(r"(?:^|/)(?:\.sops\.ya?ml|\.sealward\.ya?ml|\.pre-commit-config\.ya?ml)$")
_SECRET_KINDS = frozenset(("Secret", "SopsSecret"))
_ORDINARY = re.compile(
    r"(?:^|/)(?:kustomization\.ya?ml|Chart\.ya?ml|\.github/.*|\.gitlab-ci\.ya?ml|(?:docker-)?compose[^/]*\.ya?ml"
    r"|package(?:-lock)?\.json|tsconfig[^/]*\.json|[^/]*\.schema\.json|renovate\.json5?)$"
)


class Claim(NamedTuple):
    """Why an unsealed file must be sealed, as a clause, and the first value that makes it so."""

    reason: str
    leaf: Leaf | None


def claim(document: Document, context: Context) -> Claim | None:
    """The claim on an unsealed file; None where nothing demands a seal."""
    path = document.path
    if CONFIGURATION.search(path) or _is_sops_configuration(document):
        return None
    if context.forced:
        return Claim("`sealed:` in .sealward.yaml names it", _first_literal(document))
    if NAMED.search(path):
        return Claim("its name says that it is sealed", _first_literal(document))
    exposed = next((leaf for part in document.parts for leaf in secret_literals(part)), None)
    if exposed is not None:
        return Claim("it is a Kubernetes Secret with values in clear", exposed)
    return _claimed(document, context.rule, context.rule_path) if context.rule is not None else None


def secret_literals(part: Part) -> Iterator[Leaf]:
    """The literals that make a Kubernetes Secret (or one in a List) need a seal.

    Empty values, references and placeholders are no literals; ``data`` is base64. In a Secret that is
    filled in later, what is plain configuration (a host, a user's name) is left alone.
    """
    secrets = set(_secrets(part.root))
    held: dict[tuple[str | int, ...], list[tuple[Leaf, bool]]] = {}
    for leaf in part.leaves if secrets else ():
        at = leaf.path[:2] if leaf.path[:1] == ("items",) else ()
        field = leaf.path[len(at) : len(at) + 1]
        if (
            at in secrets
            and field in (("data",), ("stringData",))
            and leaf.kind not in ("null", "empty", "tag")
        ):
            held.setdefault(at, []).append((leaf, field == ("data",)))
    for at, values in held.items():
        texts = [decoded(leaf.text) if is_base64 else leaf.text for leaf, is_base64 in values]
        is_template = any(map(holds_placeholder, texts)) or _is_argocd(part, at)
        for (leaf, is_base64), text in zip(values, texts, strict=True):
            if not is_harmless(leaf.text, base64=is_base64) and (not is_template or _tells(leaf, text)):
                yield leaf


def _is_argocd(part: Part, at: tuple[str | int, ...]) -> bool:
    """Argo CD keeps repositories and clusters in Secrets by this label, with or without credentials."""
    prefix = (*at, "metadata", "labels", "argocd.argoproj.io/secret-type")
    return any(leaf.path == prefix for leaf in part.leaves)


def _tells(leaf: Leaf, text: str) -> bool:
    """Whether a value among placeholders is a secret itself."""
    from sealward.detectors.comments import carries_secret

    return carries_secret(text) or (is_sensitive_key(leaf.path) and not holds_placeholder(text))


def _claimed(document: Document, rule: Rule, path: str) -> Claim | None:
    if document.store == "binary":
        return None
    if _ORDINARY.search(document.path) or any(_is_manifest(part.root) for part in document.parts):
        return None
    how = binding(rule, path)
    if how is None and not is_loose(rule, path):
        return None
    cover = Cover(rule.selector or DEFAULT)
    literals = (leaf for leaf in document.leaves if cover.covers(leaf) and _is_literal(leaf))
    if how is not None:
        reason = "names it" if how == "file" else "claims its folder"
        leaf = next(literals, None)
        return Claim(f"creation rule {rule.number} {reason}", leaf) if leaf else None
    leaf = next((leaf for leaf in literals if is_sensitive_key(leaf.path)), None)
    reason = f"creation rule {rule.number} matches it and it holds a literal under a sensitive key"
    return Claim(reason, leaf) if leaf else None


def _first_literal(document: Document) -> Leaf | None:
    """The literal that people should look at: one under a sensitive key, else the first."""
    literals = list(filter(_is_literal, document.leaves))
    sensitive = (leaf for leaf in literals if is_sensitive_key(leaf.path))
    return next(sensitive, literals[0] if literals else None)


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


def _secrets(root: Node | None) -> Iterator[tuple[str | int, ...]]:
    """The paths of the Kubernetes Secrets of a document: the root, or items of a List."""
    if not isinstance(root, Mapping):
        return
    kind, items = root.get("kind"), root.get("items")
    if not isinstance(kind, Scalar) or not isinstance(root.get("apiVersion"), Scalar):
        return
    if kind.text == "Secret":
        yield ()
    elif kind.text == "List" and isinstance(items, Sequence):
        for number, item in enumerate(items.items):
            if () in _secrets(item):
                yield ("items", number)
