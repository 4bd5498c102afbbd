"""What each role needs of the server: from the references of a repository and from what it renews.

The engines' paths are those of their API: KV version 2 has ``data/``, ``metadata/`` and ``subkeys/`` behind
the mount, an engine that makes credentials has their ``roles/`` beside ``creds/``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sealward.policies.acl import Pattern, meet, pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sealward.config import Role
    from sealward.finding import Place
    from sealward.references.reference import Reference
    from sealward.sealed.contents import Found

STEMS: dict[str, Role] = {
    "bot": "reader", "app": "reader", "reader": "reader", "deploy": "reader",
    "rotator": "rotator", "ci": "ci", "auditor": "ci",
}  # fmt: skip
"""A policy file's name → its role, where the settings do not say."""

KINDS = ("data", "metadata", "subkeys", "delete", "undelete", "destroy", "config", "detailed-metadata")
"""What stands behind the mount of KV version 2."""

_ROLE_OF = {"creds": "roles", "static-creds": "static-roles", "static-cred": "static-role"}
KEPT = "the mount says how many versions it keeps"
READ = frozenset(("read",))
UPDATE = frozenset(("update",))
WRITE = frozenset(("patch", "update"))
NONE: frozenset[str] = frozenset()


class Renewed(NamedTuple):
    """What a policy of ``vault/rotation.yaml`` says of the server: a path pattern, whether its values are
    stored ones, what makes them (``vault-policy:NAME``, ``rotate-role``), and the line of the policy."""

    path: str
    stored: bool
    generator: str = ""
    line: int = 1


class Need(NamedTuple):
    """A path, all of some capabilities and one of others there, and why. ``limited`` says that a write may
    change ``custom_metadata`` alone; ``demanded`` is False for what may be granted and need not be."""

    pattern: Pattern
    all_of: frozenset[str]
    why: str
    one_of: frozenset[str] = NONE
    place: Place | None = None
    limited: bool = False
    demanded: bool = True

    @property
    def permits(self) -> frozenset[str]:
        """Every capability that it is a reason for."""
        return self.all_of | self.one_of

    def lacks(self, granted: frozenset[str]) -> list[str]:
        """The capabilities that are missing; of several that would do, the first."""
        missing = sorted(self.all_of - granted)
        return missing + ([min(self.one_of)] if self.one_of and not self.one_of & granted else [])


class Needs(NamedTuple):
    """What a role needs. ``complete`` says that nothing is missing from the list: no file was closed."""

    role: Role
    each: tuple[Need, ...]
    complete: bool


class Index:
    """Needs by what they share with a pattern: of many exact ones just that of the same path is looked at."""

    def __init__(self, each: Iterable[Need]) -> None:
        self._every = list(each)
        self._exact: dict[str, list[Need]] = {}
        for need in self._every:
            if need.pattern.kind == "exact":
                self._exact.setdefault(need.pattern.text, []).append(need)
        self._wild = [need for need in self._every if need.pattern.kind != "exact"]

    def meeting(self, one: Pattern) -> list[Need]:
        """The needs that share a path with a pattern."""
        if one.kind != "exact":
            return [need for need in self._every if meet(need.pattern, one)]
        return [*self._exact.get(one.text, ()), *(need for need in self._wild if meet(need.pattern, one))]


def mounts(found: Iterable[Found], renewed: Iterable[Renewed]) -> frozenset[str]:
    """The mounts of KV version 2 that references and renewals name."""
    known = {one.reference.mount for one in found if one.reference.is_versioned}
    return frozenset(known | {one.path.split("/")[0] for one in renewed if one.stored and _is_kv(one)})


def needs_of(role: Role, found: Sequence[Found], renewed: Sequence[Renewed], complete: bool) -> Needs:
    """What a role needs for references and for what is renewed; those that name a server themselves are
    left out, as this server's policies know nothing of them."""
    here = [one for one in found if not one.reference.is_elsewhere]
    each: list[Need] = []
    if role == "reader":
        for one in here:
            each += _of_reader(one.reference, one.place)
    elif role == "ci":
        for one in here:
            each += _of_ci(one.reference, one.place)
        for rule in renewed:
            each += _of_ci_renewed(rule)
    else:
        for rule in renewed:
            each += _of_rotator(rule, here)
        for one in here:
            each += _roles(
                one.reference.mount, one.reference.path, one.reference.is_dynamic, _reason(one), False
            )
    each += _of_everybody(role)
    known = bool(renewed) if role == "rotator" else complete and bool(here)
    return Needs(role, tuple(_united(each)), known)  # where nothing refers to it, references are elsewhere


def acl_of(path: str) -> str:
    """The smallest pattern of a policy for a pattern of paths as rotation.yaml has it: ``*`` within a segment
    is ``+``, and of a last one the begin of a name with ``*``."""
    parts = path.split("/")
    made: list[str] = []
    for at, part in enumerate(parts):
        if "**" in part:
            return "/".join([*made, part.split("**")[0].split("*")[0] + "*"]).replace("+*", "*")
        wild = re.search(r"[*?]", part)
        if wild is None:
            made.append(part)
        elif at == len(parts) - 1 and wild.start() > 0 and part.endswith("*"):
            made.append(part[: wild.start()] + "*")
        else:
            made.append("+")
    return "/".join(made)


def _need(
    path: str,
    names: frozenset[str],
    why: str,
    *,
    one_of: frozenset[str] = NONE,
    place: Place | None = None,
    limited: bool = False,
    demanded: bool = True,
) -> Need:
    return Need(
        pattern=pattern(path),
        all_of=names,
        why=why,
        one_of=one_of,
        place=place,
        limited=limited,
        demanded=demanded,
    )


def _of_reader(reference: Reference, place: Place) -> Iterator[Need]:
    why = f"{place.path}:{place.line} refers to it"
    mount, path = reference.mount, reference.path
    if reference.is_versioned:
        yield _need(f"{mount}/data/{path}", READ, why, place=place)
        for kind in ("metadata", "subkeys"):
            yield _need(f"{mount}/{kind}/{path}", READ, why, demanded=False)
    elif path.split("/")[0] in ("issue", "sign"):
        yield _need(f"{mount}/{path}", NONE, why, one_of=UPDATE | READ, place=place)
    else:
        yield _need(f"{mount}/{path}", READ, why, place=place)


def _of_ci(reference: Reference, place: Place) -> Iterator[Need]:
    why = f"{place.path}:{place.line} refers to it"
    if reference.is_versioned:
        for kind in ("metadata", "subkeys"):
            yield _need(f"{reference.mount}/{kind}/{reference.path}", READ, why, place=place)
        yield _need(f"{reference.mount}/config", READ, KEPT)
    yield from _roles(reference.mount, reference.path, reference.is_dynamic, why, True, place)


def _of_ci_renewed(rule: Renewed) -> Iterator[Need]:
    why = f"vault/rotation.yaml:{rule.line} renews it"
    mount, _, path = acl_of(rule.path).partition("/")
    if rule.stored and _is_kv(rule):
        for kind in ("metadata", "subkeys"):
            yield _need(f"{mount}/{kind}/{path}", READ, why)
        yield _need(f"{mount}/config", READ, KEPT)
    yield from _roles(mount, path, not rule.stored, why, True)


def _of_rotator(rule: Renewed, found: Sequence[Found]) -> Iterator[Need]:
    why = f"vault/rotation.yaml:{rule.line} renews it"
    mount, path = _split(acl_of(rule.path), found)
    if rule.generator.startswith("rotate-"):
        name = path.partition("/")[2]
        yield _need(f"{mount}/{rule.generator}/{name}", NONE, why, one_of=UPDATE | {"create"})
        yield _need(
            f"{mount}/{'static-roles' if rule.generator == 'rotate-role' else 'config'}/{name}",
            READ,
            why,
            demanded=False,
        )
        return
    yield from _roles(mount, path, not rule.stored, why, True)
    if not rule.stored:
        return
    yield _need(f"{mount}/data/{path}", READ, why, one_of=WRITE)
    yield _need(f"{mount}/metadata/{path}", READ, why, one_of=WRITE, limited=True)
    yield _need(f"{mount}/config", READ, KEPT)
    yield _need(f"{mount}/subkeys/{path}", READ, why, demanded=False)
    if rule.generator.startswith("vault-policy:"):
        name = rule.generator.partition(":")[2]
        yield _need(f"sys/policies/password/{name}/generate", READ, why)


def _roles(
    mount: str, path: str, dynamic: bool, why: str, demanded: bool, place: Place | None = None
) -> Iterator[Need]:
    """The role beside a credential: whether it is there, and how long what it makes may live."""
    kind, _, name = path.partition("/")
    if dynamic and kind in _ROLE_OF:
        beside = f"{mount}/{_ROLE_OF[kind]}/{name}"
        yield _need(beside, READ, why, place=place, demanded=demanded)


def _of_everybody(role: Role) -> Iterator[Need]:
    """What a token may do with itself, and asks before it writes."""
    before = "sealward rotate asks what it may do before the first write"
    yield _need("sys/capabilities-self", UPDATE, before, demanded=role == "rotator")
    own = "a token looks after itself"
    for path, names in (("renew-self", UPDATE), ("revoke-self", UPDATE), ("lookup-self", READ)):
        yield _need(f"auth/token/{path}", names, own, demanded=False)
    for path in ("sys/leases/renew", "sys/leases/lookup", "sys/wrapping/unwrap", "sys/wrapping/lookup"):
        yield _need(path, UPDATE, own, demanded=False)
    yield _need("sys/internal/ui/mounts/*", READ, own, demanded=False)
    for verb in ("decrypt", "encrypt"):
        yield _need(f"+/{verb}/+", NONE, "sops opens files", one_of=UPDATE, demanded=False)


def _split(path: str, found: Sequence[Found]) -> tuple[str, str]:
    """A path's mount and the rest: as a reference to a secret that the pattern names has it, else the first
    segment."""
    wanted = pattern(path)
    for one in found:
        mount = one.reference.mount
        if wanted.matches(one.reference.secret) and path.startswith(f"{mount}/"):
            return mount, path[len(mount) + 1 :]
    mount, _, rest = path.partition("/")
    return mount, rest


def _is_kv(rule: Renewed) -> bool:
    return not rule.generator.startswith("rotate-")


def _reason(one: Found) -> str:
    return f"{one.place.path}:{one.place.line} refers to it"


def _united(each: Iterable[Need]) -> list[Need]:
    """One need for each path: the first reason is named, what any demands is demanded."""
    found: dict[Pattern, Need] = {}
    for need in each:
        known = found.get(need.pattern)
        if known is None:
            found[need.pattern] = need
            continue
        demanding = need if need.demanded and not known.demanded else known
        found[need.pattern] = demanding._replace(
            all_of=known.all_of | need.all_of if known.demanded == need.demanded else demanding.all_of,
            one_of=known.one_of | need.one_of if known.demanded == need.demanded else demanding.one_of,
        )
    return list(found.values())
