"""The metadata block of a sealed file: keys, selector, MAC; one model for every store."""

from __future__ import annotations

from sealward.document.model import Mapping, Node, Scalar, Sequence
from sealward.patterns import late
from sealward.records import Record
from sealward.sops.format.selection import DEFAULT, NAMES, Selector

KEY_FIELDS: dict[str, tuple[str, ...]] = {
    "age": ("recipient", "enc"),
    "pgp": ("created_at", "enc", "fp"),
    "kms": ("arn", "role", "context", "created_at", "enc", "aws_profile"),
    "gcp_kms": ("resource_id", "created_at", "enc"),
    "azure_kv": ("vault_url", "name", "version", "created_at", "enc"),
    "hc_vault": ("vault_address", "engine_path", "key_name", "created_at", "enc"),
    "hckms": ("key_id", "created_at", "enc"),
}
"""The key kinds of sops and the fields of their stanzas (``sops-format``, section 6)."""

OPTIONAL_FIELDS = frozenset(("role", "context", "aws_profile", "version"))
LEGACY_KEY_FIELDS = frozenset(("created_at_notz", "enc_ts"))
"""Fields that the first, Python, sops wrote into key stanzas."""

KNOWN_FIELDS = frozenset(
    (
        *KEY_FIELDS,
        *NAMES,
        "key_groups",
        "shamir_threshold",
        "lastmodified",
        "mac",
        "version",
        "mac_only_encrypted",
    )
)
LEGACY_FIELDS = frozenset(("attention", "shamir_quorum"))
"""Fields that sops no longer writes but that old files still carry: fixed wording, a number."""


_VERSION = late(
    r"v?((?:0|[1-9][0-9]{0,19})(?:\.(?:0|[1-9][0-9]{0,19})){2})"
    r"(?:-(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?"
    r"(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)


class Key(Record):
    """One stanza: the data key (or a Shamir share) encrypted for one recipient.

    ``name`` is what ``sops updatekeys`` compares: the age recipient, the PGP fingerprint, the KMS ARN…
    """

    kind: str
    name: str
    enc: str
    fields: dict[str, str]
    line: int
    column: int


class Field(Record):
    """A field that sops does not know, where it stands."""

    name: str
    line: int
    column: int


class Metadata:
    """What the ``sops`` block says. Missing texts are empty; ``groups`` has one list of keys a group,
    ``texts`` every field that is a text, as written."""

    __slots__ = (
        "column", "groups", "lastmodified", "line", "lines", "mac", "mac_only_encrypted",
        "selectors", "shamir_threshold", "texts", "unknown", "version",
    )  # fmt: skip

    def __init__(self, block: Mapping) -> None:
        self.line, self.column = block.line, block.column
        self.unknown: list[Field] = []
        self.lines: dict[str, tuple[int, int]] = {}
        self.mac = self.lastmodified = self.version = ""
        self.shamir_threshold = 0
        self.mac_only_encrypted = False
        self.selectors: list[Selector] = []
        self.texts: dict[str, str] = {}
        groups: list[list[Key]] = []
        flat: list[Key] = []
        for entry in block.entries:
            name, value = entry.key.text, entry.value
            self.lines.setdefault(name, (entry.key.line, entry.key.column))
            if name in KEY_FIELDS:
                flat += self._keys(name, value)
            elif name == "key_groups":
                groups = [self._group(item) for item in value.items] if isinstance(value, Sequence) else []
            elif name not in KNOWN_FIELDS and name not in LEGACY_FIELDS:
                self.unknown.append(Field(name, entry.key.line, entry.key.column))
            else:
                self._scalar(name, value)
        self.groups = [flat] if flat else groups

    @property
    def selector(self) -> Selector:
        """The selector in force: the stored one, or sops's default."""
        return self.selectors[0] if self.selectors else DEFAULT

    @property
    def keys(self) -> list[Key]:
        """Every stanza of every group."""
        return [key for group in self.groups for key in group]

    def place(self, name: str) -> tuple[int, int]:
        """Line and column of a field, or of the block where the field is missing."""
        return self.lines.get(name, (self.line, self.column))

    def _scalar(self, name: str, value: Node) -> None:
        if not isinstance(value, Scalar):
            self.unknown.append(Field(name, value.line, value.column))
            return
        text = self.texts[name] = "" if value.kind == "null" else value.text
        if name in NAMES:
            if text:
                self.selectors.append(Selector(name, text))
        elif name in ("mac", "lastmodified", "version"):
            setattr(self, name, text)
        elif name == "mac_only_encrypted":
            self.mac_only_encrypted = text.lower() == "true"
        elif name in ("shamir_threshold", "shamir_quorum"):
            self.shamir_threshold = int(text) if text.isdecimal() and len(text) < 6 else 0

    def _group(self, node: Node) -> list[Key]:
        if not isinstance(node, Mapping):
            return []
        found: list[Key] = []
        for entry in node.entries:
            if entry.key.text in KEY_FIELDS:
                found += self._keys(entry.key.text, entry.value)
            else:
                self.unknown.append(Field(entry.key.text, entry.key.line, entry.key.column))
        return found

    def _keys(self, kind: str, node: Node) -> list[Key]:
        if isinstance(node, Scalar) and node.kind == "null":
            return []
        if not isinstance(node, Sequence):
            self.unknown.append(Field(kind, node.line, node.column))
            return []
        return [self._key(kind, item) for item in node.items]

    def _key(self, kind: str, node: Node) -> Key:
        fields: dict[str, str] = {}
        if isinstance(node, Mapping):
            for entry in node.entries:
                name, value = entry.key.text, entry.value
                if name not in KEY_FIELDS[kind] and name not in LEGACY_KEY_FIELDS:
                    self.unknown.append(Field(name, entry.key.line, entry.key.column))
                elif isinstance(value, Scalar):
                    fields[name] = "" if value.kind == "null" else value.text
                elif name == "context" and isinstance(value, Mapping):
                    fields[name] = _context(value)
                else:
                    self.unknown.append(Field(name, value.line, value.column))
        else:
            self.unknown.append(Field(kind, node.line, node.column))
        return Key(
            kind=kind,
            name=key_name(kind, fields),
            enc=fields.get("enc", ""),
            fields=fields,
            line=node.line,
            column=node.column,
        )


def key_name(kind: str, fields: dict[str, str]) -> str:
    """The name by which sops compares a key between file and configuration (its ``ToString``)."""
    get = fields.get
    if kind == "kms":
        role, context, profile = get("role"), get("context"), get("aws_profile")
        name = get("arn", "") + (f"+{role}" if role else "")
        return name + (f"|{context}" if context else "") + (f"|{profile}" if profile else "")
    if kind == "azure_kv":
        return f"{get('vault_url', '')}/keys/{get('name', '')}/{get('version', '')}"
    if kind == "hc_vault":
        return f"{get('vault_address', '')}/v1/{get('engine_path', '')}/keys/{get('key_name', '')}"
    if kind == "pgp":
        return get("fp", "").replace(" ", "")
    return get({"age": "recipient", "gcp_kms": "resource_id", "hckms": "key_id"}[kind], "")


def _context(node: Mapping) -> str:
    pairs = ((e.key.text, e.value.text) for e in node.entries if isinstance(e.value, Scalar))
    return ",".join(f"{key}:{value}" for key, value in sorted(pairs))


def is_version(text: str) -> bool:
    """Whether sops reads a version: a semantic one, perhaps after a ``v``; before 2.0 it was any text."""
    if text.startswith("1."):
        return True
    match = _VERSION.fullmatch(text)
    return match is not None and all(int(part) < 1 << 64 for part in match.group(1).split("."))


def is_metadata(block: Mapping | None) -> bool:
    """Whether a mapping called ``sops`` is a metadata block, and not somebody's own settings.

    A block has a MAC, a time of last change, or at least one stanza with an encrypted data key.
    """
    if block is None:
        return False
    names = {entry.key.text for entry in block.entries}
    if names & {"mac", "lastmodified", "key_groups", "mac_only_encrypted"}:
        return True
    return any(
        isinstance(item, Mapping) and item.get("enc") is not None
        for name in names & set(KEY_FIELDS)
        for item in getattr(block.get(name), "items", ())
    )
