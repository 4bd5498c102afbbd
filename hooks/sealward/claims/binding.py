"""How tightly a name, or a creation rule, binds a file: cheap enough to be asked of every path."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from sealward.document.text import narrowed
from sealward.patterns import late, re2_of

if TYPE_CHECKING:
    from sealward.patterns import Compiled
    from sealward.sops.format.creation_rules import Rule

NAMED = late(
    r"\.(?:enc|sops|encrypted)"
    r"(?:\.(?:ya?ml|json|env|ini|toml|tfvars|properties|txt|xml|conf|cfg|csv|pem|key|p12|pfx|jks))?$",
    re.IGNORECASE,
)
"""Names that promise a seal: ``x.enc.yaml``, ``.env.production.enc``, ``prod.env.sops``."""

CONFIGURATION = late(r"(?:^|/)(?:\.sops\.ya?ml|\.sealward\.ya?ml|\.pre-commit-config\.ya?ml)$")
ORDINARY = late(
    r"(?:^|/)(?:kustomization\.ya?ml|Chart\.ya?ml|\.github/.*|\.gitlab-ci\.ya?ml|(?:docker-)?compose[^/]*\.ya?ml"
    r"|package(?:-lock)?\.json|tsconfig[^/]*\.json|[^/]*\.schema\.json|renovate\.json5?)$"
)
"""Configuration of tools, never sealed."""

_SECRET_FOLDERS = frozenset(
    ("secret", "secrets", ".secrets", "sops", "sealed", "encrypted", "enc", "credentials", "creds", "private")
)
_TOOLS = frozenset(("sops", "enc", "private"))
"""Folders of that name may hold all there is to an example or a chart; their own configuration is no word
on each file."""

_PROBE = "zq7"

Binding = Literal["file", "folder"]


def may_be_claimed(path: str, rule: Rule | None, rule_path: str, data: bytes) -> bool:
    """Cheaply, before parsing: whether ``claim`` could give a reason for these bytes."""
    if NAMED.search(path) or _may_be_secret(narrowed(data)):
        return True
    if rule is None:
        return False
    folder = folder_of(path, rule_path)
    return binding(rule, rule_path, folder) is not None or is_loose(rule, rule_path, folder)


def is_ordinary(path: str) -> bool:
    """Whether a file is configuration of a tool, by its name: never sealed."""
    return (CONFIGURATION.search(path) or ORDINARY.search(path)) is not None


def _may_be_secret(data: bytes) -> bool:
    """Whether a Kubernetes Secret with values could stand there: most manifests only refer to one."""
    if b"Secret" not in data or b"kind" not in data:
        return False
    return _secret_kind().search(data) is not None and _field().search(data) is not None


@lru_cache(maxsize=1)
def _field() -> Compiled:
    """A field of Secrets that holds values."""
    return re2_of(r"""(?:^|[^A-Za-z])(?:data|stringData|secretTemplates)["']?\s*:|\?\s*["']?(?:d|s)""")


@lru_cache(maxsize=1)
def _secret_kind() -> Compiled:
    """A kind of Kubernetes Secrets beside ``kind``, or what may hide one: a tag, an anchor, an alias, an
    escape, a block, a key behind a question mark."""
    return re2_of(
        r"""kind["']?\s*:\s*(?:[!&]\S*\s+)*(?:["']?(?:Sops)?Secret(?:List)?\b|\*|"[^"\n]{0,30}\\|[|>#])"""
        r"""|\?\s*["']?kind\b"""
    )


def folder_of(path: str, rule_path: str) -> str:
    """The folder that a rule's configuration stands in; empty at the tree's top."""
    return path.removesuffix(rule_path).rstrip("/") if path.endswith(rule_path) else ""


def binding(rule: Rule, path: str, folder: str = "") -> Binding | None:
    """How tightly a rule that matches a path names it: ``file``, ``folder``, or None (loosely).

    Found by probing: a rule names a file if it no longer matches with another stem nor with another
    suffix, and a folder if it no longer matches with that folder renamed. A configuration of a folder's own
    is as good as a path: it names the folder.
    """
    if rule.pattern is None:
        named = any(step.lower() in _SECRET_FOLDERS - _TOOLS for step in folder.split("/"))
        return "folder" if named else None
    inside, slash, name = path.rpartition("/")
    stem, dot, suffix = name.rpartition(".")
    other_stem = rule.matches(f"{inside}{slash}{_PROBE}{dot}{suffix}")
    other_suffix = rule.matches(f"{inside}{slash}{stem or name}.{_PROBE}")
    if not other_stem and not other_suffix:
        return "file"
    steps = inside.split("/") if inside else []
    for index, step in enumerate(steps):
        if step.lower() in _SECRET_FOLDERS:
            probe = "/".join([*steps[:index], _PROBE, *steps[index + 1 :], name])
            if not rule.matches(probe):
                return "folder"
    return None


def is_loose(rule: Rule, path: str, folder: str = "") -> bool:
    """A rule with a pattern that means some files and not simply all of them; without one, a rule of a
    folder's own configuration."""
    if rule.pattern is None:
        return bool(folder)
    return not rule.matches(f"{_PROBE}/{_PROBE}.{path.rpartition('.')[2]}")
