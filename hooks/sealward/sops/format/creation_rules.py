"""The creation rules of ``.sops.yaml`` and ``sops.yaml``: for whom, and how, a file is to be sealed."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from sealward.document import parse as parse_document
from sealward.document.model import Mapping, Node, Scalar
from sealward.patterns import as_utf8
from sealward.records import Record
from sealward.sops.format.metadata import Key, Metadata, key_name
from sealward.sops.format.rule_defects import TRUE, Defect, defects, whole_number
from sealward.sops.format.selection import NAMES, Selector, compile_re2

if TYPE_CHECKING:
    from sealward.patterns import Compiled

FILE_NAMES = (".sops.yaml", "sops.yaml")
"""In order of preference. sops itself finds only the first; the second works through ``--config``."""

IGNORED = ".sops.yml"
"""The name that sops looks at only to say that it does not read it."""

_SIMPLE = {"age": "age", "pgp": "pgp", "kms": "kms", "gcp_kms": "gcp_kms", "azure_keyvault": "azure_kv",
           "hc_vault_transit_uri": "hc_vault", "hckms": "hckms"}  # fmt: skip
_GROUPED = {"age": "age", "pgp": "pgp", "kms": "kms", "gcp_kms": "gcp_kms", "azure_keyvault": "azure_kv",
            "hc_vault": "hc_vault", "hckms": "hckms"}  # fmt: skip

Tree: TypeAlias = "dict[str, Tree] | list[Tree] | str | None"
"""Mappings, lists and texts: numbers and booleans as written, null as None."""

Recipient = tuple[str, str]
"""A key kind and the name by which sops compares it (``age``, ``age1…``)."""


class Rule(Record):
    """One creation rule. ``groups`` holds the recipients of each key group; ``pattern`` is None where
    the rule has no ``path_regex`` and so matches every file."""

    number: int
    path_regex: str
    pattern: Compiled | None
    groups: tuple[frozenset[Recipient], ...]
    shamir_threshold: int
    selector: Selector | None
    mac_only_encrypted: bool
    line: int

    @property
    def recipients(self) -> frozenset[Recipient]:
        """The recipients of all groups."""
        return frozenset().union(*self.groups)

    def matches(self, path: str) -> bool:
        """Whether the rule claims a path, relative to the configuration's directory, with slashes."""
        return self.pattern is None or self.pattern.search(as_utf8(path)) is not None


class Configuration(Record):
    """The rules of one file; ``directory`` is the folder that it stands in, as given.

    ``defects`` is what sops complains of as soon as one of the rules is used.
    """

    path: str
    directory: str
    rules: tuple[Rule, ...]
    defects: tuple[Defect, ...] = ()

    def rule_for(self, path: str) -> Rule | None:
        """The first rule that claims a path relative to this configuration's directory (first wins)."""
        return next((rule for rule in self.rules if rule.matches(path)), None)


def looser(before: Configuration | None, after: Configuration | None) -> list[str]:
    """What a later configuration no longer demands of files, as clauses."""
    old = {rule.path_regex: rule for rule in (before.rules if before else ()) if rule.groups}
    new = {rule.path_regex: rule for rule in (after.rules if after else ()) if rule.groups}
    clauses = []
    for regex, rule in old.items():
        named = f"the creation rule for {regex!r}" if regex else "the creation rule for all files"
        if regex not in new:
            clauses.append(f"no longer has {named}")
        elif new[regex].selector not in (None, rule.selector):
            clauses.append(f"changes which values {named} encrypts")
    return clauses


class BrokenConfiguration(Exception):
    """The configuration cannot be used: every sops command would fail on it."""

    def __init__(self, path: str, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}")
        self.path, self.line, self.reason = path, line, reason


def load(path: str, data: bytes) -> Configuration | None:
    """Read a configuration; None where the file has no ``creation_rules`` (it is something else).

    Raises ``BrokenConfiguration`` for invalid YAML, rules that are no list of mappings, and a
    ``path_regex`` that is not RE2.
    """
    document = parse_document(path, data, "yaml")
    if not document.parts:
        named = path.rpartition("/")[2] == FILE_NAMES[0] or b"creation_rules" in data
        if not document.problems or not named:
            return None
        problem = document.problems[0]
        raise BrokenConfiguration(path, problem.line, problem.message)
    root = document.parts[0].root
    rules = root.get("creation_rules") if isinstance(root, Mapping) else None
    if rules is None or (isinstance(rules, Scalar) and rules.kind == "null"):
        return None
    items = getattr(rules, "items", None)
    items = None if items is None else [item for item in items if not _is_null(item)]
    if items is None or not all(isinstance(item, Mapping) for item in items):
        raise BrokenConfiguration(path, rules.line, "creation_rules must be a list of mappings")
    directory = path.rpartition("/")[0]
    found = tuple(_rule(path, n, item) for n, item in enumerate(items, 1))
    twice = [Defect(p.line, p.message) for p in document.problems if p.rule == "duplicate-key"]
    return Configuration(path, directory, found, (*twice, *defects(items)))


def recipient_of(key: Key) -> Recipient:
    """A file's stanza as the recipient it is for, comparable with a rule's."""
    return key.kind, _normal(key.kind, key.name)


def groups_of(metadata: Metadata) -> tuple[frozenset[Recipient], ...]:
    """The recipients of each key group of a file, comparable with ``Rule.groups``."""
    return tuple(frozenset(recipient_of(key) for key in group) for group in metadata.groups)


def _rule(path: str, number: int, node: Mapping) -> Rule:
    fields = _mapping(node)
    regex = _text(fields.get("path_regex"))
    pattern = compile_re2(regex) if regex else None
    if regex and pattern is None:
        raise BrokenConfiguration(path, node.line, f"path_regex of rule {number} is not a valid RE2 pattern")
    selector = next((Selector(name, _text(fields[name])) for name in NAMES if _text(fields.get(name))), None)
    return Rule(
        number=number,
        path_regex=regex,
        pattern=pattern,
        groups=_groups(fields),
        shamir_threshold=_number(fields.get("shamir_threshold")),
        selector=selector,
        mac_only_encrypted=_is_true(_text(fields.get("mac_only_encrypted"))),
        line=node.line,
    )


def _groups(fields: dict[str, Tree]) -> tuple[frozenset[Recipient], ...]:
    """``key_groups``, when present, replace the rule's own keys (sops's precedence)."""
    groups = fields.get("key_groups")
    if isinstance(groups, list) and groups:
        return tuple(frozenset(_group(group)) for group in groups if isinstance(group, dict))
    profile = _text(fields.get("aws_profile"))
    found: set[Recipient] = set()
    for name, kind in _SIMPLE.items():
        for item in _items(fields.get(name)):
            found.add((kind, _normal(kind, item if kind != "kms" or not profile else f"{item}|{profile}")))
    return (frozenset(found),) if found else ()


def _group(group: dict[str, Tree], depth: int = 0) -> set[Recipient]:
    found: set[Recipient] = set()
    merged = group.get("merge")
    if isinstance(merged, list) and depth < 20:
        for other in merged:
            found |= _group(other, depth + 1) if isinstance(other, dict) else set()
    for name, kind in _GROUPED.items():
        entries = group.get(name)
        for entry in entries if isinstance(entries, list) else _items(entries):
            found |= {(kind, _normal(kind, item)) for item in _names(kind, entry)}
    return found


def _names(kind: str, entry: Tree) -> list[str]:
    if not isinstance(entry, dict):
        return _items(entry)
    if kind == "azure_kv":
        fields = {"vault_url": _text(entry.get("vaultUrl")), "name": _text(entry.get("key")),
                  "version": _text(entry.get("version"))}  # fmt: skip
        return [key_name(kind, fields)]
    fields = {name: _text(value) for name, value in entry.items() if not isinstance(value, dict)}
    context = entry.get("context")
    if isinstance(context, dict):
        pairs = sorted((key, _text(value)) for key, value in context.items())
        fields["context"] = ",".join(f"{key}:{value}" for key, value in pairs)
    return [key_name(kind, fields)]


def _items(value: Tree) -> list[str]:
    """A comma-separated string or a list: items trimmed, empty ones dropped."""
    texts = value if isinstance(value, list) else [value]
    return [item.strip() for text in texts for item in _text(text).split(",") if item.strip()]


def _normal(kind: str, name: str) -> str:
    if kind == "pgp":
        return name.replace(" ", "").upper()
    if kind == "age" and name.startswith("ssh-"):
        return " ".join(name.split()[:2])
    if kind in ("hc_vault", "azure_kv"):
        return name.rstrip("/")
    return name


def _text(value: Tree) -> str:
    return value if isinstance(value, str) else ""


def _is_true(text: str) -> bool:
    return text in TRUE or text.lower() == "true"


def _number(value: Tree) -> int:
    text = _text(value)
    return max(whole_number(text), 0) if text else 0


def _is_null(node: Node) -> bool:
    """sops drops an empty list item."""
    return isinstance(node, Scalar) and node.kind == "null"


def _mapping(node: Mapping) -> dict[str, Tree]:
    return {entry.key.text: _plain(entry.value) for entry in node.entries}


def _plain(node: Node) -> Tree:
    if isinstance(node, Mapping):
        return _mapping(node)
    if isinstance(node, Scalar):
        return None if node.kind == "null" else node.text
    return [_plain(item) for item in node.items]
