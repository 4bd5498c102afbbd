"""The settings of a repository: ``.sealward.yaml`` beside its ``.git``."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias
from typing import Literal as OneOf

from sealward.errors import SealwardError, did_you_mean
from sealward.globs import key_pattern, path_pattern
from sealward.records import Record
from sealward.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sealward.patterns import Pattern

FILE_NAME = ".sealward.yaml"
Pins: TypeAlias = OneOf["required", "optional"]
"""Whether a reference must name a version."""

Role: TypeAlias = OneOf["reader", "rotator", "ci"]
"""Whose a policy is: of what reads values, of ``sealward rotate``, of what looks at versions alone."""

Dialect: TypeAlias = OneOf["openbao", "vault", ""]
"""Whose server takes the policies; empty: either."""

POLICY_FOLDER = "vault"
ROLE_NAMES: dict[str, Role] = {
    "reader": "reader", "bot": "reader", "app": "reader", "deploy": "reader",
    "rotator": "rotator", "ci": "ci", "auditor": "ci",
}  # fmt: skip
"""What people call a role → the role."""

SYNTAXES = ("bank-vaults", "inline", "argocd", "vals", "template")


class Exemption(Record):
    """Paths that are left alone, and why; ``rules`` narrows it to some rule ids (empty: all)."""

    path: str
    pattern: Pattern
    reason: str
    rules: frozenset[str]

    def covers(self, path: str, rule: str) -> bool:
        """Whether a finding of this rule on this path is exempt."""
        return (not self.rules or rule in self.rules) and self.pattern.fullmatch(path) is not None


class Literal(Record):
    """Key paths whose values may be literal in a sealed file, and why."""

    path: str
    pattern: Pattern
    reason: str


class Sealed(Record):
    """Paths that must be sealed."""

    path: str
    pattern: Pattern


class PolicyFile(Record):
    """A file that is a policy of the server: whose (a role), which references are its own (``FILE`` or
    ``FILE#KEY.PATH`` patterns; none: all), and what it is called there (empty: as the file)."""

    path: str
    role: Role
    references: tuple[str, ...] = ()
    name: str = ""


class Settings(Record):
    """What ``.sealward.yaml`` says; every path is relative to the folder that it stands in."""

    sealed: tuple[Sealed, ...] = ()
    exempt: tuple[Exemption, ...] = ()
    literals: tuple[Literal, ...] = ()
    syntaxes: tuple[str, ...] = ()
    pins: Pins = "optional"
    vaults: tuple[str, ...] = ()
    policies: tuple[PolicyFile, ...] = ()
    dialect: Dialect = ""

    def may_be_policy(self, path: str, asked: bool = False) -> bool:
        """Whether a file may be a policy of the server, going by its path: in ``vault/``, or named under
        ``policies:``; where just that check was ``asked`` for, any of HCL."""
        if path.endswith((".hcl", ".json")) and path.startswith(f"{POLICY_FOLDER}/"):
            return True
        return (asked and path.endswith(".hcl")) or any(one.path == path for one in self.policies)

    def must_be_sealed(self, path: str) -> bool:
        """Whether a ``sealed:`` pattern names the path."""
        return any(one.pattern.fullmatch(path) for one in self.sealed)

    def is_exempt(self, path: str, rule: str) -> bool:
        """Whether an exemption covers a finding."""
        return self.exemption(path, rule) is not None

    def exemption(self, path: str, rule: str) -> Exemption | None:
        """The first exemption that covers a finding."""
        return _exemption_of(self.exempt, path, rule) if self.exempt else None

    def unused(self, paths: Iterable[str]) -> list[str]:
        """The path patterns that match none of all the paths there are."""
        patterns = {one.path: one.pattern for one in self.sealed}
        patterns |= {one.path: one.pattern for one in self.exempt}
        for path in paths:
            patterns = {text: one for text, one in patterns.items() if not one.fullmatch(path)}
            if not patterns:
                break
        return list(patterns)

    def looser_than(self, other: Settings) -> list[str]:
        """What these settings let pass that others would not, as clauses."""
        mine, theirs = (
            {
                f"exempts {one.path!r}" + (f" from {', '.join(sorted(one.rules))}" if one.rules else "")
                for one in of.exempt
            }
            | {f"lets {one.path!r} be literal" for one in of.literals}
            | {f"knows the server {one}" for one in of.vaults}
            for of in (self, other)
        )
        found = sorted(mine - theirs)
        kept = {one.path for one in self.sealed}
        found += [f"no longer seals {one.path!r}" for one in other.sealed if one.path not in kept]
        policies = {one.path: one for one in self.policies}
        changed = (one.path for one in other.policies if policies.get(one.path) != one)
        found += [f"changes what the policy {path!r} is for" for path in changed]
        if (other.pins, self.pins) == ("required", "optional"):
            found.append("no longer requires pins")
        return found

    def may_be_literal(self, key_path: str) -> bool:
        """Whether a ``literals:`` pattern names a key path (``db.hosts[0]``)."""
        return self.literal(key_path) is not None

    def literal(self, key_path: str) -> Literal | None:
        """The first ``literals:`` entry that names a key path."""
        return next((one for one in self.literals if one.pattern.fullmatch(key_path)), None)

    def knows_vault(self, address: str) -> bool:
        """Whether ``vaults:`` names the server: scheme (where the address has one), host and port."""
        from sealward.addresses import address_of

        named = address_of(address)
        return named is not None and named.is_one_of(filter(None, map(address_of, self.vaults)))

    def skips(self, path: str) -> bool:
        """Whether the whole file is exempt from every rule, so that it need not be read."""
        return any(not one.rules and one.pattern.fullmatch(path) for one in self.exempt)


@lru_cache(maxsize=256)
def _exemption_of(exempt: tuple[Exemption, ...], path: str, rule: str) -> Exemption | None:
    """Asked once for all findings of a file: of many findings and many patterns each would meet each."""
    return next((one for one in exempt if one.covers(path, rule)), None)


DEFAULT = Settings()


def read(configuration: Callable[[str], bytes | None]) -> Settings:
    """The settings of a tree: ``configuration`` gives its files by their path from the top, or None.

    Raises SealwardError as ``load`` does.
    """
    data = configuration(FILE_NAME)
    return DEFAULT if data is None else load(FILE_NAME, data)


def load(path: str, data: bytes) -> Settings:
    """Read the settings. Raises SealwardError (path and reason) for anything it does not know."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        content = yaml.load(data, Loader=loader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        raise SealwardError(f"{path}:{line} is not valid YAML", "fix it, or delete it") from None
    if content is None:
        return DEFAULT
    if not isinstance(content, dict):
        raise _wrong(path, "it must be a mapping of settings")
    unknown = [str(name) for name in content if name not in Settings._fields]
    if unknown:
        raise _wrong(path, f"no setting is called {unknown[0]!r} (there are: {', '.join(Settings._fields)})")
    return Settings(
        sealed=_sealed(path, content.get("sealed") or []),
        exempt=_exempt(path, content.get("exempt") or []),
        literals=_literals(path, content.get("literals") or []),
        syntaxes=_syntaxes(path, content.get("syntaxes") or []),
        pins=_pins(path, content.get("pins", "optional")),
        vaults=_vaults(path, content.get("vaults") or []),
        policies=_policies(path, content.get("policies") or {}),
        dialect=_dialect(path, content.get("dialect") or ""),
    )


def _sealed(path: str, value: object) -> tuple[Sealed, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _wrong(path, "`sealed` must be a list of path patterns")
    return tuple(Sealed(item, path_pattern(item)) for item in value)


def _exempt(path: str, value: object) -> tuple[Exemption, ...]:
    if not isinstance(value, list):
        raise _wrong(path, "`exempt` must be a list of {path, reason}")
    return tuple(_exemption(path, item) for item in value)


def _exemption(path: str, item: object) -> Exemption:
    if not isinstance(item, dict) or not isinstance(item.get("path"), str):
        raise _wrong(path, "an entry of `exempt` needs a `path` pattern")
    if not str(item.get("reason") or "").strip():
        raise _wrong(path, f"the exemption of {item['path']!r} needs a `reason`")
    rules = item.get("rules") or []
    if not isinstance(rules, list) or not all(isinstance(rule, str) for rule in rules):
        raise _wrong(path, f"`rules` of the exemption of {item['path']!r} must be a list of rule ids")
    for rule in rules:
        if rule not in RULES:
            hint = did_you_mean(rule, RULES, "`sealward explain` lists the rules")
            raise SealwardError(f"{path}: no rule is called {rule!r} (exemption of {item['path']!r})", hint)
    return Exemption(item["path"], path_pattern(item["path"]), str(item["reason"]), frozenset(rules))


def _literals(path: str, value: object) -> tuple[Literal, ...]:
    found: list[Literal] = []
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, dict) or not isinstance(item.get("path"), str):
            raise _wrong(path, "`literals` must be a list of {path, reason}")
        if not str(item.get("reason") or "").strip():
            raise _wrong(path, f"the literal {item['path']!r} needs a `reason`")
        found.append(Literal(item["path"], key_pattern(item["path"]), str(item["reason"])))
    return tuple(found)


def _syntaxes(path: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not set(value) <= set(SYNTAXES):
        raise _wrong(path, f"`syntaxes` must be a list of {', '.join(SYNTAXES)}")
    return tuple(value)


def _pins(path: str, value: object) -> Pins:
    known: dict[object, Pins] = {"required": "required", "optional": "optional"}
    if not isinstance(value, str) or value not in known:
        raise _wrong(path, "`pins` must be required or optional")
    return known[value]


def _vaults(path: str, value: object) -> tuple[str, ...]:
    if value == []:
        return ()
    from sealward.addresses import address_of, same

    if not isinstance(value, list) or not all(
        isinstance(one, str) and "://" in one and address_of(one) for one in value
    ):
        raise _wrong(path, "`vaults` must be a list of addresses (such as https://vault.example.com:8200)")
    return tuple(map(same, value))


def _policies(path: str, value: object) -> tuple[PolicyFile, ...]:
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value):
        raise _wrong(path, "`policies` must be a mapping of files to {role, references, name}")
    return tuple(_policy(path, file, item) for file, item in value.items())


def _policy(path: str, file: str, item: object) -> PolicyFile:
    if not isinstance(item, dict) or item.get("role") not in ROLE_NAMES:
        raise _wrong(path, f"the policy {file!r} needs a `role`: {', '.join(ROLE_NAMES)}")
    unknown = [str(one) for one in item if one not in ("role", "references", "name")]
    if unknown:
        raise _wrong(path, f"the policy {file!r} has no setting {unknown[0]!r} (role, references, name)")
    references = item.get("references") or []
    if not isinstance(references, list) or not all(isinstance(one, str) for one in references):
        raise _wrong(path, f"`references` of the policy {file!r} must be a list of FILE#KEY.PATH patterns")
    name = item.get("name", "")
    if not isinstance(name, str):
        raise _wrong(path, f"`name` of the policy {file!r} must be a text")
    return PolicyFile(path=file, role=ROLE_NAMES[item["role"]], references=tuple(references), name=name)


def _dialect(path: str, value: object) -> Dialect:
    known: dict[object, Dialect] = {"": "", "openbao": "openbao", "vault": "vault"}
    if not isinstance(value, str) or value not in known:
        raise _wrong(path, "`dialect` must be openbao or vault")
    return known[value]


def _wrong(path: str, reason: str) -> SealwardError:
    return SealwardError(f"{path}: {reason}", "docs/configuration.md shows every setting")
