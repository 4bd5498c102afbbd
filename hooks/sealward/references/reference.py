"""What a reference is, and how a path of Vault's API becomes a mount, a path in it, and a kind of engine."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from sealward.addresses import address_of, same

Syntax = Literal["bank-vaults", "inline", "argocd", "vals", "template"]
"""How a reference is written; ``inline`` is bank-vaults' ``${vault:…}``."""

Engine = Literal["kv2", "kv1", "issuing", "other"]
"""What answers: KV version 2, which alone has versions; KV version 1, as only the server can say; an engine
that makes a credential at each reading; or one of which the text says only that it is neither of them
(``pki/cert``, ``cubbyhole``, or KV version 1)."""


class Home(NamedTuple):
    """Where a run looks: the server's address and the namespace; empty where nobody says."""

    address: str = ""
    namespace: str = ""

    def is_at(self, address: str) -> bool:
        """Whether an address that a text names is that of this run's server."""
        here, there = address_of(self.address), address_of(address)
        if here is None or there is None:
            return bool(self.address) and address == self.address
        if here.is_local and there.is_local:
            there = there._replace(host=here.host)
        return there.is_one_of([here])

    def is_in(self, namespace: str) -> bool:
        """Whether a namespace that a text names is that of this run."""
        return _namespace(namespace) == _namespace(self.namespace)


HERE = Home()
"""Of a run that has not said where it looks: every reference that names a server is elsewhere."""


def _namespace(text: str) -> str:
    """One spelling; the root namespace is empty."""
    text = text.strip("/")
    return "" if text == "root" else text


class Reference(NamedTuple):
    """Where a value lives. ``path`` is without KV v2's ``data/``; ``version`` is None where not pinned.

    ``key`` is empty where the whole secret, or something computed from it, is meant. ``address`` and
    ``namespace`` are those that the text itself names; empty: wherever the deployment looks. ``options``
    are the names of vals' further options, in order.
    """

    mount: str
    path: str
    key: str
    version: int | None
    syntax: Syntax
    engine: Engine = "kv2"
    address: str = ""
    namespace: str = ""
    options: tuple[str, ...] = ()

    @property
    def is_dynamic(self) -> bool:
        """Whether the engine makes a new credential at each reading."""
        return self.engine == "issuing"

    @property
    def is_versioned(self) -> bool:
        """Whether there are versions that can be pinned."""
        return self.engine == "kv2"

    @property
    def is_elsewhere(self) -> bool:
        """Whether the text names a server or a namespace itself: nothing here knows what that holds."""
        return bool(self.address or self.namespace)

    def seen_from(self, home: Home) -> Reference:
        """The same without a server and a namespace where they are those that a run looks at anyway."""
        if not self.is_elsewhere or (self.address and not home.is_at(self.address)):
            return self
        inside = not self.namespace or home.is_in(self.namespace)
        return self._replace(address="", namespace="" if inside else self.namespace)

    @property
    def secret(self) -> str:
        """``mount/path``, as people name the secret; on one server no two secrets share it, as Vault lets
        no mount lie within another."""
        return f"{self.mount}/{self.path}"

    @property
    def identity(self) -> tuple[str, str, str]:
        """The secret, with the server and the namespace that the text names."""
        return same(self.address), self.namespace, self.secret


class Match(NamedTuple):
    """One reference in a text, or several keys of one secret: where it stands, and where its pin goes.

    ``pin`` are the places where a new version's number replaces what stands there, after ``before``.
    ``problem`` says, as a clause, what a tool would stumble over, and ``right`` how it should read.
    """

    start: int
    end: int
    references: tuple[Reference, ...]
    pin: tuple[int, int]
    before: str = ""
    problem: str = ""
    right: str = ""


class Location(NamedTuple):
    """A mount, a path in it, and what answers there."""

    mount: str
    path: str
    engine: Engine

    def reference(self, key: str, version: int | None, syntax: Syntax) -> Reference:
        """A key of the secret that lies here."""
        return Reference(
            mount=self.mount, path=self.path, key=key, version=version, syntax=syntax, engine=self.engine
        )


def where(reference: Reference) -> str:
    """The server and the namespace that a reference names itself, for people; empty where it names none."""
    named = [f"on {reference.address}"] if reference.address else []
    named += [f"in the namespace {reference.namespace}"] if reference.namespace else []
    return ", ".join(named)


ISSUERS = frozenset(
    ("creds", "static-creds", "static-cred", "issue", "sign", "sts", "token", "code", "key", "roleset")
)
"""Path segments behind the mount of engines that make a credential at each reading."""

_ISSUERS_ANYWHERE = frozenset(("creds", "static-creds", "static-cred", "issue", "sts", "roleset"))
_NOT_KV = frozenset(
    ("pki", "transit", "cubbyhole", "identity", "sys", "auth", "totp", "ssh", "transform", "kmip")
)
"""Mounts that are something else by default, or always."""

_FILLED_IN = re.compile(r"[${}<>?*#]")
_VERSION = re.compile(r"[1-9][0-9]{0,9}")


def version_of(text: str) -> int | None:
    """A version's number: digits from 1 on. None for anything else."""
    return int(text) if _VERSION.fullmatch(text) else None


def segments(where: str) -> list[str] | None:
    """The segments of a path, outer slashes taken off; None where a request would go somewhere else.

    HTTP clients resolve ``.`` and ``..`` and empty segments, and Vault refuses what cannot be printed. A
    path that something else fills in first (``secret/${ENV}/app``) is not one yet.
    """
    found = where.strip("/").split("/")
    if len(found) < 2 or not where.isprintable() or _FILLED_IN.search(where):
        return None
    if any(one in ("", ".", "..") or one != one.strip() for one in found) or " " in found[0]:
        return None
    return found


def as_read(where: str) -> Location | None:
    """A path as Vault's API has it (``secret/data/app``); None for what is not a path."""
    found = segments(where)
    if found is None:
        return None
    if "data" in found[1:-1]:
        at = found.index("data", 1)
        return Location("/".join(found[:at]), "/".join(found[at + 1 :]), "kv2")
    return _without_data(found)


def as_kv(where: str, pinned: bool) -> Location | None:
    """A path as people say it (``secret/app``), where a tool puts ``data/`` behind the mount by itself.

    Where the mount ends only the server knows; here it is the first segment. A path that is ``pinned`` is
    KV v2's.
    """
    found = segments(where)
    if found is None:
        return None
    other = _without_data(found)
    if pinned or (other.engine == "other" and found[0] not in _NOT_KV):
        return Location(found[0], "/".join(found[1:]), "kv2")
    return other


def _without_data(found: list[str]) -> Location:
    if found[0] not in ("cubbyhole", "identity", "sys"):
        for at in range(1, len(found) - 1):
            if found[at] in (ISSUERS if at == 1 else _ISSUERS_ANYWHERE):
                return Location("/".join(found[:at]), "/".join(found[at:]), "issuing")
    return Location(found[0], "/".join(found[1:]), "other")
