"""What the history has given away, for people and as data; values are in neither."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward import shell
from sealward.history.exposed import State
from sealward.sops.format.recipients import short
from sealward.terminal import counted
from sealward.times import iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sealward.git.versions import Moment
    from sealward.history.exposed import Exposed
    from sealward.history.readers import Reader


class Found(NamedTuple):
    """Everything: how many paths were ever sealed, values once in clear, and readers; the times of
    commits."""

    paths: int
    exposed: Sequence[Exposed]
    readers: Sequence[Reader]
    moments: Mapping[str, Moment]


def as_text(found: Found) -> list[str]:
    """Lines for people, what to do at their end."""
    lines: list[str] = []
    for one in found.exposed:
        where = one.path if one.path == one.sealed else f"{one.path} (now {one.sealed})"
        lines.append(f"{where}: {one.key_path} stood in clear, {_span(one, found.moments)}: {_state(one)}")
    for reader in found.readers:
        kind, name = reader.recipient
        what = f"{reader.versions} of {counted(reader.total, 'sealed version')}"
        why = (
            f"their private key stands in {reader.committed}"
            if reader.committed
            else "they are no longer a recipient"
        )
        lines.append(f"{reader.path}: {kind} {short(name)} can open {what}; {why}")
    lines.append(_summary(found))
    commands = plan(found.exposed)
    if commands:
        lines += ["", "To rotate:", *(f"  {command}" for command in commands)]
        lines.append("Taking commits out of the history does not replace that: whoever has a copy keeps it.")
    return lines


def _span(one: Exposed, moments: Mapping[str, Moment]) -> str:
    first, last = moments.get(one.first), moments.get(one.last)
    since = f"from {one.first[:10]}" + (f" ({_day(first)}, {first.author})" if first else "")
    return (
        since
        if one.first == one.last
        else f"{since} to {one.last[:10]}" + (f" ({_day(last)})" if last else "")
    )


def _state(one: Exposed) -> str:
    if one.reference is not None:
        return f"{one.state.value}: {one.reference.secret}#{one.reference.key}"
    return {
        State.LIVE: "live: it is what is sealed today",
        State.REPLACED: "replaced: revoke the old value where it was used",
        State.UNKNOWN: "no key at hand says whether it is still used",
    }[one.state]


def plan(exposed: Iterable[Exposed]) -> list[str]:
    """The commands that rotate what is live, or was moved to Vault as it was perhaps."""
    commands: dict[str, None] = {}
    for one in exposed:
        if one.state is State.LIVE:
            commands[
                f"sops edit {shell.path(one.sealed)}    # {one.key_path}: a new value, better a reference"
            ] = None
        elif one.reference is not None and not one.reference.is_elsewhere:
            commands[shell.command("sealward", "rotate", one.reference.secret, one.reference.key)] = None
    return list(commands)


def _summary(found: Found) -> str:
    live = sum(one.state is not State.REPLACED for one in found.exposed)
    return (
        f"{counted(found.paths, 'path')} ever sealed: {counted(len(found.exposed), 'value')} once in clear,"
        f" {live} of them perhaps still in use; {counted(len(found.readers), 'reader')} too many"
    )


def as_data(found: Found) -> dict[str, object]:
    """The same as data."""
    return {
        "version": 1,
        "paths": found.paths,
        "exposed": [
            {
                "path": one.path,
                "sealed": one.sealed,
                "key": one.key_path,
                "first": one.first,
                "last": one.last,
                "state": one.state.value,
                "reference": f"{one.reference.secret}#{one.reference.key}"
                if one.reference is not None
                else "",
            }
            for one in found.exposed
        ],
        "readers": [
            {
                "path": one.path,
                "kind": one.recipient[0],
                "recipient": short(one.recipient[1]),
                "versions": one.versions,
                "of": one.total,
                "private_key_in": one.committed,
            }
            for one in found.readers
        ],
        "plan": plan(found.exposed),
    }


def _day(moment: Moment) -> str:
    return (iso(float(moment.time)) or "")[:10]
