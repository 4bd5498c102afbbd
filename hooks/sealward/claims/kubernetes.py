"""Kubernetes Secrets with values in clear: in what can be parsed, and line by line in what cannot."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sealward.detectors import secret_in
from sealward.detectors.placeholders import decoded, holds_placeholder, is_harmless, without_placeholders
from sealward.document import parse
from sealward.document.model import Leaf, Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealward.document import Document, Part
    from sealward.document.model import Node, Path

SECRET_KINDS = frozenset(("Secret", "SopsSecret"))
"""Kinds whose only use is to hold secrets."""

_FIELDS = ("data", "stringData")
_SUFFIXES = re.compile(
    r"\.(?:ya?ml|json)(?:[._~-]|$)|\.(?:j2|jinja2?|tpl|tmpl|gotmpl|template|example|sample|dist|erb|in)$",
    re.IGNORECASE,
)
"""Names of manifests that are filled in later, put aside, or written otherwise than sops does (``.YAML``): as
text they are of no store."""

_PROSE = re.compile(r"\.(?:mdx?|rst|adoc|org|html?)$", re.IGNORECASE)
_BEGINNING = re.compile(r"\s*(?:#[^\n]*\n\s*|---\s*)*(?:apiVersion|kind):[ \t]*[\"'\w]")
_SEPARATOR = re.compile(r"(?m)^---")
_ENTRY = re.compile(r"([ \t]*)(?:- )?[\"']?([\w./-]+)[\"']?:(?:[ \t]+(.*))?")
_CONTROL = re.compile(r"[ \t]*(?:\{\{|\{%|<%|#|$)")
_CONTROL_LINE = re.compile(r"\s*(?:\{\{[^{}]*\}\}|\{%.*%\}|<%.*%>|#%.*%#|//.*)\s*$")
_EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|<%.*?%>|#\{.*?\}#")
_QUOTED = re.compile(r"\"([^\"]*)\"|'([^']*)'")
_MARKS = ("{{", "{%", "<%", "${", "<<")


def literals(document: Document) -> Iterator[Leaf]:
    """The literals that make Kubernetes Secrets of a file need a seal, wherever they stand in it."""
    for part in document.parts:
        yield from _in_part(part)
    text = document.text.removeprefix("\ufeff")
    if not document.parts or (document.store == "binary" and _is_manifest_text(document.path, text)):
        yield from _in_text(text)


def is_manifest(root: Node | None) -> bool:
    """A Kubernetes object of a kind that holds no secrets itself (Deployment, HelmRelease, …)."""
    if not isinstance(root, Mapping):
        return False
    kind, version = root.get("kind"), root.get("apiVersion")
    return isinstance(kind, Scalar) and isinstance(version, Scalar) and kind.text not in SECRET_KINDS


def _is_manifest_text(path: str, text: str) -> bool:
    if _SUFFIXES.search(path):
        return True
    return not _PROSE.search(path) and _BEGINNING.match(text) is not None


def _in_part(part: Part) -> Iterator[Leaf]:
    """Empty values, references and placeholders are no literals; ``data`` is base64. In a Secret that is
    filled in later, what is plain configuration (a host, a user's name) is left alone."""
    for at in secrets_in(part.root):
        values = [leaf for leaf in part.leaves if _is_value(leaf, at)]
        texts = [decoded(leaf.text) if leaf.path[len(at)] == "data" else leaf.text for leaf in values]
        is_template = any(map(holds_placeholder, texts)) or _is_argocd(part, at)
        for leaf, text in zip(values, texts, strict=True):
            harmless = is_harmless(leaf.text, base64=leaf.path[len(at)] == "data")
            if not harmless and (not is_template or _is_secret_itself(leaf, text)):
                yield leaf


def _is_value(leaf: Leaf, at: Path) -> bool:
    field = leaf.path[len(at) : len(at) + 1]
    held = leaf.path[: len(at)] == at and field in (("data",), ("stringData",))
    return held and leaf.kind not in ("null", "empty", "tag")


def _is_argocd(part: Part, at: Path) -> bool:
    """Argo CD keeps repositories and clusters in Secrets by this label, with or without credentials."""
    prefix = (*at, "metadata", "labels", "argocd.argoproj.io/secret-type")
    return any(leaf.path == prefix for leaf in part.leaves)


def _is_secret_itself(leaf: Leaf, text: str) -> bool:
    """Whether a value among placeholders is a secret, and not configuration beside them."""
    if holds_placeholder(text):
        return secret_in(without_placeholders(text)) is not None
    return secret_in(text, leaf.path) is not None


def secrets_in(root: Node | None, listed: str = "") -> Iterator[Path]:
    """Where ``data`` and ``stringData`` of Secrets stand: in the root, in items of a List or SecretList, in
    the templates of a SopsSecret (isindir/sops-secrets-operator)."""
    if not isinstance(root, Mapping):
        return
    kind, items = root.get("kind"), root.get("items")
    name = kind.text if isinstance(kind, Scalar) else listed
    if not listed and not isinstance(root.get("apiVersion"), Scalar):
        return
    if name == "Secret":
        yield ()
    elif name == "SopsSecret":
        yield from _templates(root)
    elif name in ("List", "SecretList") and isinstance(items, Sequence):
        for number, item in enumerate(items.items):
            for at in secrets_in(item, listed="Secret" if name == "SecretList" else ""):
                yield ("items", number, *at)


def _templates(root: Mapping) -> Iterator[Path]:
    spec = root.get("spec")
    found = spec.get("secretTemplates") if isinstance(spec, Mapping) else None
    for number in range(len(found.items)) if isinstance(found, Sequence) else ():
        yield ("spec", "secretTemplates", number)


def _in_text(text: str) -> Iterator[Leaf]:
    """The same for text that is not YAML as it stands: a template, a tab, an error elsewhere.

    Each document of it is parsed without what a template engine replaces, and line by line where even that
    does not help.
    """
    first = 1
    for piece in _SEPARATOR.split(text.replace("\r\n", "\n")):
        if "Secret" in piece:
            parts = parse("manifest.yaml", _without_templates(piece).encode("utf-8", "replace")).parts
            for part in parts:
                yield from (leaf._replace(line=leaf.line + first - 1) for leaf in _in_part(part))
            lines = [] if parts else piece.split("\n")
            if _is_secret(lines):
                yield from _values(lines, first)
        first += piece.count("\n")


def _without_templates(text: str) -> str:
    """Text with lines of control taken out, and with a placeholder for each expression of a template."""
    lines = ("" if _CONTROL_LINE.match(line) else _EXPRESSION.sub(_filled, line) for line in text.split("\n"))
    return "\n".join(lines)


def _filled(match: re.Match[str]) -> str:
    """A placeholder; the literal, where an expression holds one."""
    if is_harmless(match.group()):
        return "<template>"
    return next((one for pair in _QUOTED.findall(match.group()) for one in pair if one), "<template>")


def _is_secret(lines: list[str]) -> bool:
    """Whether the least indented lines of a piece say that it is a Secret."""
    entries = [found for line in lines if not _CONTROL.match(line) and (found := _ENTRY.match(line))]
    top = min((len(one[1]) for one in entries), default=0)
    says = {one[2]: _unquoted(one[3] or "") for one in entries if len(one[1]) == top}
    return says.get("kind") in SECRET_KINDS and "apiVersion" in says


def _values(lines: list[str], first: int) -> Iterator[Leaf]:
    field, depth = "", 0
    for number, line in enumerate(lines, first):
        found = None if _CONTROL.match(line) else _ENTRY.match(line)
        if found is None:
            continue
        indent, key, value = len(found[1].expandtabs(8)), found[2], _unquoted(found[3] or "")
        if key in _FIELDS and not value:
            field, depth = key, indent
        elif field and indent <= depth:
            field = ""
        elif field and _is_literal(value, field):
            column = len(found[0]) - len(found[3] or "") + 1
            yield Leaf(
                path=(field, key), text=value, kind="str", line=number, column=column, part=0, comments=()
            )


def _is_literal(value: str, field: str) -> bool:
    if not value or value[0] in "|>&*" or any(mark in value for mark in _MARKS):
        return False
    return not is_harmless(value, base64=field == "data")


def _unquoted(value: str) -> str:
    value = value.partition(" #")[0].strip()
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
