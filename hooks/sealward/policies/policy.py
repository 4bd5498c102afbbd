"""One policy as the server takes it: its rules, and everything for which the server would refuse it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sealward.errors import closest
from sealward.policies import hcl, json_
from sealward.policies.acl import Pattern, pattern
from sealward.policies.tree import Entry, Mapping, Scalar, Sequence, Spot, Unreadable
from sealward.times import seconds_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sealward.config import Dialect
    from sealward.policies.tree import Value

LARGEST = 1 << 18
"""Bytes of a policy. A server takes up to 32 MiB; a larger file than this was not written by people."""

_BOTH = frozenset(("create", "read", "update", "delete", "list", "sudo", "deny", "patch"))
_KNOWN = {"openbao": _BOTH | {"scan"}, "vault": _BOTH | {"recover", "subscribe"}}
_KNOWN[""] = _KNOWN["openbao"] | _KNOWN["vault"]
_COMMON_KEYS = frozenset(
    "policy capabilities allowed_parameters denied_parameters required_parameters min_wrapping_ttl"
    " max_wrapping_ttl mfa_methods control_group".split()
)
_KEYS = {
    "openbao": _COMMON_KEYS | {"comment", "expiration", "pagination_limit"},
    "vault": _COMMON_KEYS | {"subscribe_event_types"},
}
_KEYS[""] = _KEYS["openbao"] | _KEYS["vault"]
SHORTHANDS = {
    "deny": frozenset(("deny",)),
    "read": frozenset(("read", "list")),
    "write": frozenset(("create", "read", "update", "delete", "list")),
    "sudo": frozenset(("create", "read", "update", "delete", "list", "sudo")),
}
"""``policy = "…"``, as rules were written before there were capabilities."""

_WHOLE = re.compile(r"[+-]?(?:0[xX][0-9a-fA-F]+|[0-9]+)", re.ASCII)
_DURATION = re.compile(r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|ms|s|m|h))+", re.ASCII)
_STEP = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|ms|s|m|h)", re.ASCII)
_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_FIELDS = re.compile(
    r"identity\.(?:entity\.(?:id|name|metadata\..+|aliases\.[^.]+\.(?:id|name|(?:custom_)?metadata\..+))"
    r"|groups\.(?:ids|names)\.[^.]+\.(?:id|name|metadata\..+))"
)
TEMPLATE = re.compile(r"\{\{\s*(.*?)\s*\}\}")


class Problem(NamedTuple):
    """Something for which the server refuses the whole policy, and what to do about it."""

    reason: str
    at: Spot
    hint: str = ""


class Capability(NamedTuple):
    """One capability, where it is written; ``shorthand`` is that of ``policy = "…"`` it comes from."""

    name: str
    at: Spot
    shorthand: str = ""


class Rule(NamedTuple):
    """One ``path`` block. ``text`` is its pattern as written, ``labels`` are further ones, which the server
    ignores; ``named`` is False for a block without any. ``allowed`` are the parameters that a write may
    have, by name (None: whatever), ``limits`` everything else that narrows it, ``expires`` is when the
    rule ends (seconds since 1970)."""

    text: str
    pattern: Pattern
    at: Spot
    capabilities: tuple[Capability, ...] = ()
    labels: tuple[Scalar, ...] = ()
    named: bool = True
    allowed: frozenset[str] | None = None
    limits: tuple[tuple[str, str], ...] = ()
    expires: float | None = None
    expires_at: Spot = Spot(1, 1)

    @property
    def names(self) -> frozenset[str]:
        """What it grants: nothing but ``deny`` where that is among its capabilities."""
        names = frozenset(one.name for one in self.capabilities)
        return frozenset(("deny",)) if "deny" in names else names

    @property
    def templates(self) -> list[str]:
        """What stands between ``{{`` and ``}}``."""
        return TEMPLATE.findall(self.text)


class Policy(NamedTuple):
    """A policy. With ``problems`` the server has none of its rules."""

    rules: tuple[Rule, ...]
    problems: tuple[Problem, ...] = ()


def known_template(field: str) -> bool:
    """Whether the server knows what stands between ``{{`` and ``}}``."""
    return _FIELDS.fullmatch(field) is not None


def read(data: bytes, dialect: Dialect = "") -> Policy:
    """Read a policy, in HCL or in JSON; never raises."""
    if len(data) > LARGEST:
        return _refused(
            f"larger than {LARGEST >> 10} KiB", Spot(1, 1), "a policy is written by people: split it"
        )
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return _refused("not valid UTF-8", Spot(data.count(b"\n", 0, error.start) + 1, 1), "save it as UTF-8")
    if not text:
        return _refused("is empty", Spot(1, 1), "write its rules, or delete the file")
    root = _root(text)
    if isinstance(root, Unreadable):
        return _refused(root.reason, root.at)
    return _Taker(dialect).policy(root)


@lru_cache(maxsize=16)
def _root(text: str) -> Mapping | Unreadable:
    """What a text holds; kept, as it is looked at once more to see whether it is a policy at all."""
    try:
        return json_.read(text) if text.lstrip().startswith("{") else hcl.read(text)
    except Unreadable as error:
        return error


def entries(data: bytes) -> tuple[Entry, ...] | None:
    """What stands at the top of a file of HCL or JSON; None where it is neither."""
    try:
        root = _root(data[: LARGEST + 1].decode())
    except UnicodeDecodeError:
        return None
    return None if isinstance(root, Unreadable) else root.entries


def _refused(reason: str, at: Spot, hint: str = "") -> Policy:
    return Policy((), (Problem(reason, at, hint),))


class _Taker:
    """Takes what was read for a policy, and notes what the server would not."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._problems: list[Problem] = []

    def policy(self, root: Mapping) -> Policy:
        rules = []
        for entry in root.entries:
            key = entry.keys[0]
            if key.text == "path":
                rule = self._rule(entry)
                rules += [rule] if rule is not None else []
            elif key.text == "name":
                if len(entry.keys) > 1 or not _is_text(entry.value):
                    self._wrong("`name` must be a text", key.at)
            else:
                close = closest(key.text.lower(), ("path", "name"))
                hint = f"did you mean `{close}`?" if close else "a policy is made of `path` blocks"
                self._wrong(f"there is no `{key.text}` at the top of a policy", key.at, hint)
        return Policy(tuple(rules), tuple(self._problems))

    def _rule(self, entry: Entry) -> Rule | None:
        key = entry.keys[0]
        if not isinstance(entry.value, Mapping):
            self._wrong("a `path` block has no body", key.at, 'write `path "…" { capabilities = […] }`')
            return None
        named = len(entry.keys) > 1
        label = entry.keys[1] if named else key
        self._check_pattern(label)
        rule = Rule(
            text=label.text,
            pattern=pattern(label.text),
            at=key.at if entry.block and named else label.at,
            labels=entry.keys[2:],
            named=named,
        )
        return self._with_body(rule, entry.value)

    def _check_pattern(self, label: Scalar) -> None:
        if "+*" in label.text:
            hint = "`+` is one whole segment, `*` anything from there on: use one of them"
            self._wrong(f"`{label.text}`: `+*` is forbidden", label.at, hint)
        pieces = label.text.split("{{")
        if "}}" in pieces[0] or any(piece.count("}}") != 1 for piece in pieces[1:]):
            self._wrong(f"`{label.text}`: `{{{{` and `}}}}` do not pair", label.at)

    def _with_body(self, rule: Rule, body: Mapping) -> Rule:
        said = (one for one in body.entries if one.keys[0].text not in _NO_LIMIT)
        rule = rule._replace(limits=tuple(sorted((one.keys[0].text, _plain(one)) for one in said)))
        limits: dict[str, tuple[float, Spot]] = {}
        shorthand: list[Capability] = []
        for entry in body.entries:
            key, value = entry.keys[0], entry.value
            name = key.text
            if name not in _KEYS[self._dialect]:
                self._wrong(*self._unknown_key(key))
            elif name == "capabilities":
                rule = rule._replace(capabilities=rule.capabilities + tuple(self._capabilities(entry)))
            elif name == "policy":
                shorthand = list(self._shorthand(key, value))
            elif name in ("allowed_parameters", "denied_parameters"):
                rule = self._parameters(rule, entry)
            elif name in ("min_wrapping_ttl", "max_wrapping_ttl"):
                seconds = _seconds(value)
                if seconds is None:
                    self._wrong(f"`{name}` must be a duration", value.at, "such as 90s, 15m or 1h")
                else:
                    limits[name] = (seconds, key.at)
            elif name == "expiration":
                rule = self._expiration(rule, key, value)
            else:
                self._check_setting(key, value)
        self._check_limits(limits)
        return rule._replace(capabilities=rule.capabilities + tuple(shorthand))

    def _check_setting(self, key: Scalar, value: Value) -> None:
        """What the server reads and nobody here needs."""
        if key.text in ("required_parameters", "mfa_methods"):
            self._texts(key, value)
        elif key.text == "pagination_limit":
            if not (_is_text(value) and isinstance(value, Scalar) and _WHOLE.fullmatch(value.text)):
                self._wrong("`pagination_limit` must be a whole number", value.at)
        elif key.text == "control_group":
            self._control_group(key, value)

    def _unknown_key(self, key: Scalar) -> tuple[str, Spot, str]:
        other = "vault" if self._dialect == "openbao" else "openbao"
        if key.text in _KEYS[other]:
            server = "OpenBao" if self._dialect == "openbao" else "HashiCorp Vault"
            return f"{server} knows no `{key.text}` in a path block", key.at, "leave it out"
        close = closest(key.text.lower(), _KEYS[self._dialect])
        hint = (
            f"did you mean `{close}`?" if close else f"there are: {', '.join(sorted(_KEYS[self._dialect]))}"
        )
        return f"a path block has no `{key.text}`", key.at, hint

    def _capabilities(self, entry: Entry) -> Iterator[Capability]:
        value = entry.value
        if isinstance(value, Mapping) and not value.entries:
            return
        if not isinstance(value, Sequence):
            hint = f'write ["{value.text}"]' if isinstance(value, Scalar) else 'such as ["read"]'
            self._wrong("`capabilities` must be a list", value.at, hint)
            return
        for item in value.items:
            if not isinstance(item, Scalar) or item.kind not in ("text", "number"):
                self._wrong("a capability must be a text", item.at)
            elif item.text not in _KNOWN[self._dialect]:
                self._wrong(*self._unknown_capability(item))
            else:
                yield Capability(item.text, item.at)

    def _unknown_capability(self, item: Scalar) -> tuple[str, Spot, str]:
        if item.text in _KNOWN[""]:
            server = "OpenBao" if self._dialect == "openbao" else "HashiCorp Vault"
            return (
                f"{server} knows no capability `{item.text}`",
                item.at,
                "leave it out, or is `dialect` wrong?",
            )
        known = sorted(_KNOWN[self._dialect])
        close = "update" if item.text == "write" else closest(item.text.strip().lower(), known)
        hint = f"did you mean `{close}`?" if close else f"there are: {', '.join(known)}"
        return f"there is no capability `{item.text[:40]}`", item.at, hint

    def _shorthand(self, key: Scalar, value: Value) -> Iterator[Capability]:
        if not _is_text(value):
            self._wrong("`policy` must be a text", key.at, "use `capabilities`")
        elif isinstance(value, Scalar) and value.text:
            if value.text not in SHORTHANDS:
                self._wrong(f'there is no `policy = "{value.text[:40]}"`', value.at, "use `capabilities`")
            for name in sorted(SHORTHANDS.get(value.text, ())):
                yield Capability(name, key.at, value.text)

    def _parameters(self, rule: Rule, entry: Entry) -> Rule:
        key, value = entry.keys[0], entry.value
        if not isinstance(value, Mapping):
            self._wrong(f"`{key.text}` must be a mapping of lists", key.at, 'such as { "ttl" = [] }')
            return rule
        if len(entry.keys) > 1:
            names = frozenset((entry.keys[1].text,))
        else:
            names = frozenset(one.keys[0].text for one in value.entries)
            for one in value.entries:
                if isinstance(one.value, Scalar):
                    self._wrong(
                        f"the values of `{one.keys[0].text}` must be a list", one.value.at, "[] is any"
                    )
        if key.text == "denied_parameters":
            return rule
        return rule._replace(allowed=(rule.allowed or frozenset()) | names)

    def _texts(self, key: Scalar, value: Value) -> None:
        if isinstance(value, Mapping) and not value.entries:
            return
        if not isinstance(value, Sequence) or not all(map(_is_text, value.items)):
            self._wrong(f"`{key.text}` must be a list of texts", value.at)

    def _expiration(self, rule: Rule, key: Scalar, value: Value) -> Rule:
        text = value.text if isinstance(value, Scalar) else "-"
        if _is_text(value) and re.fullmatch(r"-?[0-9]*", text):
            return rule._replace(expires=float(text), expires_at=key.at) if text.strip("-") else rule
        seconds = seconds_of(text) if _is_text(value) else None
        if seconds is None:
            self._wrong("`expiration` must be a time", value.at, "such as 2030-12-31T00:00:00Z")
            return rule
        return rule._replace(expires=seconds, expires_at=key.at)

    def _control_group(self, key: Scalar, value: Value) -> None:
        if not isinstance(value, Mapping):
            self._wrong("`control_group` must be a block", key.at)
            return
        for one in value.entries:
            if one.keys[0].text not in ("ttl", "factor"):
                self._wrong(f"a control group has no `{one.keys[0].text}`", one.keys[0].at)
        factors = [one for one in value.entries if one.keys[0].text == "factor"]
        if not factors:
            self._wrong("a control group needs a `factor`", key.at)
        for one in factors if self._dialect == "openbao" else ():
            inside = (
                {inner.keys[0].text for inner in one.value.entries}
                if isinstance(one.value, Mapping)
                else set()
            )
            for lacking in {"controlled_capabilities", "identity"} - inside:
                self._wrong(f"OpenBao wants `{lacking}` in each factor", one.keys[0].at)

    def _check_limits(self, limits: dict[str, tuple[float, Spot]]) -> None:
        least, most = limits.get("min_wrapping_ttl"), limits.get("max_wrapping_ttl")
        if least and most and 0 < most[0] < least[0]:
            self._wrong("`max_wrapping_ttl` is less than `min_wrapping_ttl`", most[1])

    def _wrong(self, reason: str, at: Spot, hint: str = "") -> None:
        self._problems.append(Problem(reason, at, hint))


_NO_LIMIT = ("capabilities", "policy", "comment")


def _plain(entry: Entry) -> str:
    """What an entry says, however it is written: order and places left out."""
    value = entry.value
    if isinstance(value, Scalar):
        inner = value.text
    elif isinstance(value, Sequence):
        inner = ",".join(_plain(Entry((), item, block=False)) for item in value.items)
    else:
        inner = ";".join(sorted(_plain(one) for one in value.entries))
    return f"{' '.join(key.text for key in entry.keys)}={inner}"


def _is_text(value: Value) -> bool:
    return isinstance(value, Scalar) and value.kind in ("text", "number")


def _seconds(value: Value) -> float | None:
    """A duration as Go reads it, ``1d`` and plain seconds too; None for anything else."""
    if not _is_text(value) or not isinstance(value, Scalar):
        return None
    text = value.text
    if not text:
        return 0.0
    if re.fullmatch(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)", text, re.ASCII):
        return float(text)
    if re.fullmatch(r"[0-9]+d", text, re.ASCII):
        return float(text[:-1]) * 86400
    if not _DURATION.fullmatch(text):
        return None
    total = sum(float(number) * _UNITS[unit] for number, unit in _STEP.findall(text))
    return -total if text.startswith("-") else total


class Essence(NamedTuple):
    """What the server makes of all rules of one pattern."""

    names: frozenset[str]
    limits: tuple[tuple[str, str], ...]


def essence(rules: Iterable[Rule]) -> dict[str, Essence]:
    """What the rules of a policy come to, by pattern."""
    found: dict[str, Essence] = {}
    for rule in rules:
        names, limits = found.get(rule.pattern.text, Essence(frozenset(), ()))
        names |= rule.names
        both = tuple(sorted({*limits, *rule.limits}))
        found[rule.pattern.text] = Essence(frozenset(("deny",)) if "deny" in names else names, both)
    return found


def in_force(rules: Iterable[Rule], now: float | None = None) -> list[Rule]:
    """The rules that have not ended."""
    return [one for one in rules if one.expires is None or now is None or one.expires > now]


def merged(rules: Iterable[Rule]) -> dict[Pattern, frozenset[str]]:
    """What rules of one or several policies grant by pattern: those of the same pattern unite, and a
    ``deny`` among them wins."""
    found: dict[Pattern, frozenset[str]] = {}
    for rule in rules:
        names = found.get(rule.pattern, frozenset()) | rule.names
        found[rule.pattern] = frozenset(("deny",)) if "deny" in names else names
    return found
