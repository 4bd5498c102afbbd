"""What sops complains of in a creation rule when it is used: found before anybody uses it.

Each was tried with the sops program. Rules with such a defect still claim their files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.document.model import Mapping, Node, Scalar, Sequence
from sealward.sops.format.recipients import is_possible
from sealward.sops.format.selection import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_KEYS = {"age": "age", "pgp": "pgp", "kms": "kms", "gcp_kms": "gcp_kms", "azure_keyvault": "azure_kv",
         "hc_vault_transit_uri": "hc_vault", "hckms": "hckms"}  # fmt: skip
_GROUP_KEYS = ("age", "pgp", "kms", "gcp_kms", "azure_keyvault", "hc_vault", "hckms", "merge")
_TEXTS = ("age", "pgp", "hc_vault")
"""The keys of a group that are lists of texts; the others are lists of mappings."""


class Defect(NamedTuple):
    """What is wrong, in which line."""

    line: int
    reason: str


def defects(rules: Iterable[Mapping]) -> Iterator[Defect]:
    """What sops refuses in the rules of one configuration, in their order."""
    for number, rule in enumerate(rules, 1):
        for line, reason in _of_rule(rule):
            yield Defect(line, f"rule {number} {reason}")


def _of_rule(rule: Mapping) -> Iterator[Defect]:
    selectors = [name for name in NAMES if _text(rule.get(name))]
    if len(selectors) > 1:
        yield Defect(rule.line, f"has {' and '.join(selectors)}: sops takes one selector a rule")
    for name in ("path_regex", *NAMES):
        yield from _scalar(rule, name)
    flag = rule.get("mac_only_encrypted")
    if flag is not None and not (isinstance(flag, Scalar) and _is_flag(flag)):
        yield Defect(flag.line, "has a `mac_only_encrypted` that is not true or false")
    groups = rule.get("key_groups")
    if _is_null(groups) or (isinstance(groups, Sequence) and not groups.items):
        yield from _own_keys(rule)
    elif not isinstance(groups, Sequence):
        yield Defect(groups.line if groups else rule.line, "has `key_groups` that are not a list")
    else:
        for index, group in enumerate(groups.items, 1):
            yield from _group(group, index)
    yield from _threshold(rule, len(groups.items) if isinstance(groups, Sequence) else 0)


def _scalar(rule: Mapping, name: str) -> Iterator[Defect]:
    node = rule.get(name)
    if node is not None and not isinstance(node, Scalar):
        yield Defect(node.line, f"has a `{name}` that is not a text")


def _own_keys(rule: Mapping) -> Iterator[Defect]:
    """The keys of a rule without groups. One that only chooses what is encrypted may leave them to the
    command line; one that says nothing at all stops every file that it claims."""
    found = False
    for name, kind in _KEYS.items():
        node = rule.get(name)
        if _is_null(node):
            continue
        assert node is not None
        items = node.items if isinstance(node, Sequence) else [node]
        if name == "hckms" and not isinstance(node, Sequence):
            yield Defect(node.line, "has `hckms` keys that are not a list")
        elif not all(isinstance(item, Scalar) and item.kind not in _NO_TEXT for item in items):
            yield Defect(node.line, f"has a `{name}` that is not a text or a list of texts")
        else:
            names = [one for item in items for one in _names(item)]
            yield from _impossible(name, kind, names, node.line)
            found = found or bool(names)
            continue
        found = True
    says = [name for name in (*NAMES, "mac_only_encrypted") if rule.get(name) is not None]
    if not found and not says:
        yield Defect(rule.line, "names no key: sops cannot seal a file that it claims")


def _group(node: Node, number: int) -> Iterator[Defect]:
    if _is_null(node):
        return
    if not isinstance(node, Mapping):
        yield Defect(node.line, f"has a key group {number} that is not a mapping")
        return
    filled = False
    for name in _GROUP_KEYS:
        keys = node.get(name)
        if _is_null(keys):
            continue
        assert keys is not None
        wanted = Scalar if name in _TEXTS else Mapping
        if not isinstance(keys, Sequence) or not all(isinstance(key, wanted) for key in keys.items):
            yield Defect(keys.line, f"has a key group {number} whose `{name}` is not a list as sops wants it")
        elif name in _TEXTS:
            names = [one for key in keys.items for one in _names(key)]
            yield from _impossible(name, name, names, keys.line)
        filled = filled or not isinstance(keys, Sequence) or bool(keys.items)
    if not filled:
        yield Defect(node.line, f"has a key group {number} without a key")


def _impossible(name: str, kind: str, names: list[str], line: int) -> Iterator[Defect]:
    """PGP keys are left to gpg, which also finds them by other names than fingerprints."""
    if kind != "pgp" and not all(is_possible(kind, one) for one in names):
        yield Defect(
            line, f"names a `{name}` key that sops refuses: it cannot be one (mistyped, or cut off?)"
        )


def _is_flag(node: Scalar) -> bool:
    return node.kind in ("bool", "null") or node.text in (*TRUE, *FALSE)


def _threshold(rule: Mapping, groups: int) -> Iterator[Defect]:
    node = rule.get("shamir_threshold")
    if _is_null(node):
        return
    assert node is not None
    if not isinstance(node, Scalar) or node.kind not in ("int", "float"):
        yield Defect(node.line, "has a `shamir_threshold` that is not a number")
    elif groups > 1 and whole_number(node.text) != 0:
        number = whole_number(node.text)
        if not 2 <= number <= groups:
            reason = (
                f"has a `shamir_threshold` that its {groups} key groups cannot have: it must be 2 to {groups}"
            )
            yield Defect(node.line, reason)


def whole_number(text: str) -> int:
    """What go-yaml makes of a number for a whole one: the fraction is cut off; -1 for what is too large."""
    whole, _, fraction = text.lstrip("+").partition(".")
    return int(whole) if whole.isdecimal() and len(whole) < 6 and (fraction + "0").isdecimal() else -1


TRUE = ("y", "Y", "yes", "on")
FALSE = ("n", "N", "no", "off")
"""Words that go-yaml takes for a flag where one is asked for, quoted or not."""

_NO_TEXT = ("int", "float", "bool", "time")


def _names(node: Node) -> list[str]:
    text = _text(node)
    return [name.strip() for name in text.split(",") if name.strip()]


def _text(node: Node | None) -> str:
    return node.text if isinstance(node, Scalar) and node.kind != "null" else ""


def _is_null(node: Node | None) -> bool:
    return node is None or (isinstance(node, Scalar) and node.kind == "null")
