"""Addresses of servers: which are one and the same, which are of this machine. The one place that says so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sealward.patterns import late

if TYPE_CHECKING:
    from collections.abc import Iterable

_ADDRESS = late(
    r"(?:(?P<scheme>https?)://)?(?P<host>[a-z0-9_-](?:[a-z0-9_.-]*[a-z0-9_-])?\.?|\[[0-9a-f:.]+\])"
    r"(?::(?P<port>[0-9]{1,5}))?(?P<path>(?:/[A-Za-z0-9_.~/-]*)?)",
    re.IGNORECASE | re.ASCII,
)
_THIS_MACHINE = late(r"localhost|127(?:\.[0-9]{1,3}){3}|\[::1\]")
_PORTS = {"http": 80, "https": 443}


class Address(NamedTuple):
    """Scheme, host and port, default ports filled in, and a path without its last slash. Of a text without
    a scheme that is empty, and the port 0 where it names none."""

    scheme: str
    host: str
    port: int
    path: str = ""

    @property
    def is_local(self) -> bool:
        """Whether it is of the very machine that asks."""
        return _THIS_MACHINE.fullmatch(self.host) is not None

    @property
    def is_open(self) -> bool:
        """Whether what goes there could be read on the way: another machine, without TLS."""
        return self.scheme != "https" and not self.is_local

    def is_one_of(self, others: Iterable[Address]) -> bool:
        """Whether it is the same as another one, as far as it is named: one without a scheme fits any."""
        if self.scheme:
            return self in tuple(others)
        wanted = (self.port,) if self.port else _PORTS.values()
        return any((one.host, one.path) == (self.host, self.path) and one.port in wanted for one in others)


def address_of(text: str) -> Address | None:
    """What a text names; None where it is not a plain address: with a login, a query, another scheme."""
    match = _ADDRESS.fullmatch(text)
    if match is None:
        return None
    scheme, host = (match["scheme"] or "").lower(), _host(match["host"].lower().rstrip("."))
    port = int(match["port"] or _PORTS.get(scheme, 0))
    return Address(scheme, host, port, match["path"].rstrip("/"))


def same(text: str) -> str:
    """One spelling of an address, so that two that are the same are equal as texts, too."""
    found = address_of(text)
    if found is None:
        return text
    scheme = f"{found.scheme}://" if found.scheme else ""
    return f"{scheme}{found.host}{f':{found.port}' if found.port else ''}{found.path}"


def is_accepted(text: str) -> bool:
    """Whether a variable of the operator's says yes: to a token without TLS, to any certificate."""
    return text.strip().lower() in ("1", "t", "true", "yes")


def _host(name: str) -> str:
    """One spelling of an IPv6 address."""
    if not name.startswith("["):
        return name
    from ipaddress import AddressValueError, IPv6Address

    try:
        return f"[{IPv6Address(name[1:-1]).compressed}]"
    except AddressValueError:
        return name
