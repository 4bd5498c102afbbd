"""How tightly a creation rule names a file: cheap enough to be asked of every path."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sealward.sops.format.creation_rules import Rule

NAMED = re.compile(r"\.(?:enc|sops|encrypted)\.(?:ya?ml|json|env|ini)$")
_SECRET_FOLDERS = frozenset(
    ("secret", "secrets", ".secrets", "sops", "sealed", "encrypted", "enc", "credentials", "creds", "private")
)
_PROBE = "zq7"


def may_be_claimed(path: str, rule: Rule | None, rule_path: str, data: bytes) -> bool:
    """Cheaply, before parsing: whether ``claim`` could give a reason for these bytes."""
    if NAMED.search(path) or (b"Secret" in data and b"kind" in data):
        return True
    return rule is not None and (binding(rule, rule_path) is not None or is_loose(rule, rule_path))


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


def is_loose(rule: Rule, path: str) -> bool:
    """A rule with a pattern that means some files and not simply all of them."""
    return rule.pattern is not None and not rule.matches(f"{_PROBE}/{_PROBE}.{path.rpartition('.')[2]}")
