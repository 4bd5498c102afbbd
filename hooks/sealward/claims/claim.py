"""Must this file be sealed, and why: the rule of thumb, kept in one place (see docs/claims.md).

A creation rule that matches is no proof by itself: real rules are as loose as ``.*secret.*``, or have
no path at all. A claim counts when the rule names the file, or a folder that says what it holds; and
an ordinary manifest is never claimed by content that its rule would leave in clear.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sealward.claims import kubernetes
from sealward.claims.binding import CONFIGURATION, NAMED, ORDINARY, binding, folder_of, is_loose
from sealward.claims.foreign import is_encrypted_elsewhere, is_encrypted_inside, is_public_file, is_table
from sealward.detectors import secret_in
from sealward.detectors.key_names import names_secret
from sealward.detectors.placeholders import is_harmless
from sealward.document.model import Mapping, Sequence
from sealward.sops.format.selection import DEFAULT, Cover

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealward.document import Document, Leaf
    from sealward.sops.format.creation_rules import Rule

_DOCUMENTATION = re.compile(
    r"(?:^|/)(?:(?:README|LICEN[CS]E|CHANGELOG|CONTRIBUTING|NOTICE|AUTHORS|CODEOWNERS)[^/]*|Makefile|Justfile|justfile"
    r"|Dockerfile[^/]*|\.git[^/]*|\.keep|\.[^/]*ignore|\.editorconfig|[^/]*\.(?:md|mdx|rst|adoc|org|html?|css|svg|png"
    r"|jpe?g|gif|pdf|pub|crt|cer|csr|py|go|rs|js|mjs|ts|tsx|jsx|rb|java|kt|c|h|cc|cpp|hpp|cs|php|pl|lua|sh|bash|zsh"
    r"|fish|ps1|bat|nix|tf|hcl|cue|jsonnet|libsonnet|rego|sql|proto|lock|sum|mod|ipynb|j2|tpl|tmpl|gotmpl|example"
    r"|sample|dist))$"
)
"""Files that explain, build or run things, or are public: nobody seals them for lying in a folder."""


class Circumstances(NamedTuple):
    """What a claim goes by besides the document: the file's bytes, whether a setting demands a seal, and the
    creation rule that matches it, with the path as that rule sees it."""

    data: bytes
    forced: bool
    rule: Rule | None
    rule_path: str


class Claim(NamedTuple):
    """Why an unsealed file must be sealed, as a clause, and the first value that makes it so."""

    reason: str
    leaf: Leaf | None


def claim(document: Document, around: Circumstances) -> Claim | None:
    """The claim on an unsealed file; None where nothing demands a seal."""
    path = document.path
    if CONFIGURATION.search(path) or _is_sops_configuration(document):
        return None
    if around.forced:
        return Claim("`sealed:` in .sealward.yaml names it", _first_literal(document))
    if is_encrypted_elsewhere(around.data) or is_encrypted_inside(document, around.data):
        return None
    if NAMED.search(path) and not _is_other_matter(document, around.data):
        return Claim("its name says that it is sealed", _first_literal(document))
    exposed = next(kubernetes.literals(document), None)
    if exposed is not None:
        return Claim("it is a Kubernetes Secret with values in clear", exposed)
    return _by_rule(document, around, around.rule) if around.rule is not None else None


def _is_other_matter(document: Document, data: bytes) -> bool:
    """Under a name without a data format: a table of characters, or bytes that look like ciphertext to
    everybody."""
    return document.store == "binary" and (is_table(data) or not _is_text(data))


def _by_rule(document: Document, around: Circumstances, rule: Rule) -> Claim | None:
    """What the creation rule that matches the file demands of it."""
    folder = folder_of(document.path, around.rule_path)
    how = binding(rule, around.rule_path, folder)
    reason = f"creation rule {rule.number} {'names it' if how == 'file' else 'claims its folder'}"
    if ORDINARY.search(document.path):
        return None
    if document.store == "binary" or not document.parts:
        return _whole(document, around.data, how, reason)
    cover = Cover(rule.selector or DEFAULT)
    covered = [leaf for leaf in document.leaves if cover.covers(leaf)]
    manifests = {number for number, part in enumerate(document.parts) if kubernetes.is_manifest(part.root)}
    if how is not None:
        leaf = next((one for one in covered if one.part not in manifests and _is_literal(one)), None)
        if leaf is not None:
            return Claim(reason, leaf)
    if how == "file":
        leaf = next((one for one in covered if one.part in manifests and _is_sensitive(one)), None)
        return Claim(reason, leaf) if leaf else None
    if how is None and is_loose(rule, around.rule_path, folder):
        leaf = next((one for one in covered if one.part not in manifests and _is_sensitive(one)), None)
        reason = f"creation rule {rule.number} matches it and it holds a literal under a sensitive key"
        return Claim(reason, leaf) if leaf else None
    return None


def _whole(document: Document, data: bytes, how: str | None, reason: str) -> Claim | None:
    """A file that sops seals as one value, or one that cannot be read as what its name says."""
    if how is None or (how == "folder" and (_DOCUMENTATION.search(document.path) or data.startswith(b"#!"))):
        return None
    if is_public_file(data):
        return None
    if not document.parts:
        return Claim(f"{reason}; it cannot be read, and is not sealed", None)
    return None if _is_text(data) and is_harmless(_without_comments(data)) else Claim(reason, None)


def _without_comments(data: bytes) -> str:
    lines = data.decode("utf-8", "replace").splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("#"))


def _is_text(data: bytes) -> bool:
    try:
        return "\0" not in data.decode()
    except UnicodeDecodeError:
        return False


def _first_literal(document: Document) -> Leaf | None:
    """The literal that people should look at: one under a sensitive key, else the first."""
    literals = list(filter(_is_literal, document.leaves))
    return next(_under_sensitive_keys(literals), literals[0] if literals else None)


def _under_sensitive_keys(leaves: list[Leaf]) -> Iterator[Leaf]:
    return (leaf for leaf in leaves if any(names_secret(key) for key in leaf.keys[-1:]))


def _is_literal(leaf: Leaf) -> bool:
    if leaf.kind in ("str", "binary"):
        return not is_harmless(leaf.text)
    return leaf.kind in ("int", "float") and secret_in(leaf.text, leaf.path, leaf.kind) is not None


def _is_sensitive(leaf: Leaf) -> bool:
    """A literal that is a secret by its key's name, or by itself."""
    return _is_literal(leaf) and secret_in(leaf.text, leaf.path, leaf.kind) is not None


def _is_sops_configuration(document: Document) -> bool:
    """A configuration under another name (``sops.yaml``, used with ``--config``)."""
    root = document.parts[0].root if document.parts else None
    return isinstance(root, Mapping) and isinstance(root.get("creation_rules"), Sequence)
