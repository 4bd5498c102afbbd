"""Old values that are to be revoked where they were issued: after the new pin is committed, and some grace.

A rotation whose policy says ``retire`` leaves an entry in the secret's ``custom_metadata``; whichever run
finds it due runs the policy's command and removes it. Vault's old version itself stays.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sealward import shell
from sealward.errors import SealwardError
from sealward.rotation.values import protocol
from sealward.rotation.values.protocol import Request
from sealward.times import iso, seconds_of
from sealward.vault.transport import VaultError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sealward.rotation.policy.policy import Policy
    from sealward.sealed.files import Sealed
    from sealward.sealed.unsealed import Place
    from sealward.vault.client import Client, Metadata

_NOTE = "sealward-retire-"
_ENTRY = re.compile(r"from (\S+): (.*)", re.DOTALL)


class Retirement(NamedTuple):
    """A version whose values of ``keys`` are to be revoked from ``due`` (seconds since 1970) on."""

    mount: str
    path: str
    version: int
    keys: tuple[str, ...]
    due: float

    @property
    def name(self) -> str:
        """The old value, as people name it."""
        return f"version {self.version} of {self.mount}/{self.path}"


class Retired(NamedTuple):
    """What became of old values: retired, still waiting (with what for), or not retired, with the reason."""

    done: tuple[Retirement, ...] = ()
    waiting: tuple[tuple[Retirement, str], ...] = ()
    failed: tuple[tuple[Retirement, SealwardError], ...] = ()


def note(version: int, keys: Iterable[str], due: float) -> dict[str, str]:
    """The entry of a version that was replaced, to be retired from ``due`` (seconds since 1970) on."""
    return {f"{_NOTE}{version}": f"from {iso(due)}: {','.join(keys)}"[:500]}


def pending(mount: str, path: str, metadata: Metadata) -> list[Retirement]:
    """What a secret's entries say is to be retired."""
    found = []
    for name, text in sorted(metadata.custom.items()):
        version, entry = name.removeprefix(_NOTE), _ENTRY.fullmatch(text)
        if name.startswith(_NOTE) and version.isdecimal() and entry:
            keys = tuple(key for key in entry[2].split(",") if key)
            found.append(
                Retirement(
                    mount=mount, path=path, version=int(version), keys=keys, due=seconds_of(entry[1]) or 0.0
                )
            )
    return found


def settle(
    waiting: Iterable[tuple[Retirement, Policy]], files: Sequence[Sealed], client: Client, folder: str,
    *, now: float, act: bool = True, unsealed: Sequence[Place] = (),
) -> Retired:  # fmt: skip
    """Retire what is due ``now`` (seconds since 1970), or just say what is (without ``act``).

    Commands run in ``folder``. ``files`` are all sealed files as the last commit has them, and as they stand
    in the work tree: what one of them pins is still in use, and so is what a file pins that is not sealed
    (``unsealed``).
    """
    done, later, failed = [], [], []
    for one, policy in waiting:
        reason = obstacle(one, files, now, unsealed)
        if reason:
            later.append((one, reason))
            continue
        try:
            if act:
                _retire(one, policy, client, folder, _in_use(one, files))
        except SealwardError as error:
            failed.append((one, error))
        else:
            done.append(one)
    return Retired(tuple(done), tuple(later), tuple(failed))


def obstacle(
    retirement: Retirement, files: Iterable[Sealed], now: float, unsealed: Iterable[Place] = ()
) -> str:
    """Why a value must not be retired yet, as a clause; empty where it may."""
    for one in files:
        sites = one.refers_to(retirement.mount, retirement.path)
        if any(site.reference.version == retirement.version for site in sites):
            return f"once {one.path} is committed without that pin"
    for place in unsealed:
        if (place.secret, place.version) == (f"{retirement.mount}/{retirement.path}", retirement.version):
            return f"once {place.path}:{place.line}, which is not sealed, is without that pin"
    return f"from {iso(retirement.due)} on" if now < retirement.due else ""


def _in_use(retirement: Retirement, files: Iterable[Sealed]) -> set[int | None]:
    """The versions of the secret that are in use: those that files pin, and the newest (None)."""
    sites = (site for one in files for site in one.refers_to(retirement.mount, retirement.path))
    return {None, *(site.reference.version for site in sites)}


def _retire(
    retirement: Retirement, policy: Policy, client: Client, folder: str, in_use: Iterable[int | None]
) -> None:
    """Let the policy's command, run in ``folder``, revoke the values, and forget about them.

    A value that a version in use holds as well is never revoked: somebody may have written a version
    by hand that changed other keys. Raises SealwardError, and the entry stays for the next run.
    """
    mount, path, version, keys, _ = retirement
    try:
        held = client.read(mount, path, version).values
    except VaultError as error:
        if error.status != 404:
            raise
        name = shell.path(f"{mount}/{path}")
        forget = f"`bao kv metadata patch -remove-custom-metadata={_NOTE}{version} {name}`"
        raise SealwardError(error.message, f"revoke it by hand, then {forget}") from None
    kept = [client.read(mount, path, number).values for number in in_use]
    old = {key: held[key] for key in keys if key in held and all(one.get(key) != held[key] for one in kept)}
    if old:
        request = Request(mount=mount, path=path, keys=tuple(old), version=version, folder=folder)
        protocol.retire(policy.retire, policy.seconds, request, old, policy.environment)
    client.annotate(mount, path, {f"{_NOTE}{version}": None})
