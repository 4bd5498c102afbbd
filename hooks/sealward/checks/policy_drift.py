"""``vault-policies --online``: the server has the policies that the repository has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward import shell
from sealward.finding import Finding, Place, Severity
from sealward.policies import policy
from sealward.vault.transport import VaultError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sealward.config import Dialect
    from sealward.policies.policy import Policy
    from sealward.vault.client import Client


def judge(
    files: Sequence[tuple[str, bytes, str]], dialect: Dialect, client: Client
) -> tuple[list[Finding], list[str]]:
    """Compare policies (path, content, name on the server), as they are read and not as they are written;
    and the names of those that the token may not read.

    Raises VaultError where the server cannot be asked, or does not accept the token.
    """
    found: list[Finding] = []
    unseen: list[str] = []
    for path, data, name in files:
        mine = policy.read(data, dialect)
        if mine.problems:
            continue
        write = f"`bao policy write {shell.path(name)} {shell.path(path)}`"
        try:
            theirs = policy.read(
                str(client.get(f"sys/policies/acl/{name}").get("policy") or "").encode(), dialect
            )
        except VaultError as error:
            if error.status == 404 and not error.bad_token:
                message = f"the server has no policy {name!r}"
                hint = f"{write}, or say under `policies:` what it is called there"
                found.append(
                    Finding(
                        rule="policy-not-on-server",
                        place=Place(path),
                        message=message,
                        hint=hint,
                        severity=Severity.WARNING,
                    )
                )
                continue
            if error.status != 403 or error.bad_token:
                raise
            unseen.append(name)
            continue
        differing = _difference(mine, theirs)
        if differing is not None:
            line, said = differing
            message = f"the policy {name!r} on the server {said}"
            found.append(
                Finding(
                    rule="policy-drift",
                    place=Place(path, line),
                    message=message,
                    hint=f"{write}, or commit what the server has",
                )
            )
    return found, unseen


def _difference(mine: Policy, theirs: Policy) -> tuple[int, str] | None:
    """The first difference: the line here, and what the server's policy does."""
    here, there = (policy.essence(one.rules) for one in (mine, theirs))
    for one in mine.rules:
        said, granted = there.get(one.pattern.text), here[one.pattern.text]
        if said is None:
            return one.at.line, f"has no rule for `{one.text}`"
        if said.names != granted.names:
            return (
                one.at.line,
                f"grants {_listed(said.names)} on `{one.text}`, and {_listed(granted.names)} here",
            )
        if said != granted:
            return one.at.line, f"limits `{one.text}` otherwise than here"
    more = sorted(set(there) - set(here))
    return (1, f"has a rule for `{more[0]}`, which is not here") if more else None


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names)) or "nothing"
