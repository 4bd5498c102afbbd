"""References and how they stand, as a table for people and as JSON for machines. No value is ever shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sealward.terminal import counted, printable
from sealward.times import iso

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sealward.rotation.retirement.notes import Retirement
    from sealward.status.standing import Standing
    from sealward.status.survey import Survey

BAR = 10
"""Cells of the bar that shows how much of an interval is used."""

_COLOURS = {
    "due": "\x1b[1;31m", "ttl": "\x1b[1;31m", "gone": "\x1b[1;31m", "revoked": "\x1b[1;31m",
    "fleeting": "\x1b[1;31m",
    "soon": "\x1b[33m", "ok": "\x1b[32m", "unknown": "\x1b[33m", "unmanaged": "\x1b[2m", "head": "\x1b[1m",
}  # fmt: skip
_RESET = "\x1b[0m"
_LABELS = {"ttl": "TTL too long", "fleeting": "deleted too early", "unmanaged": "no policy"}
_UNITS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def as_data(survey: Survey, server: bool) -> dict[str, Any]:
    """One JSON document; times are RFC 3339 in UTC, durations seconds."""
    return {
        "version": 1,
        "server": server,
        "references": [_entry(one) for one in survey.standings],
        "closed": list(survey.closed),
        "policies_without_files": list(survey.unseen),
        "mentioned": [
            {"file": one.path, "line": one.line, "secret": one.secret, "version": one.version}
            for one in survey.mentioned
        ],
        "retirements": [
            {
                "secret": f"{one.mount}/{one.path}",
                "version": one.version,
                "keys": list(one.keys),
                "from": iso(one.due),
                "grace": one.grace,
            }
            for one in survey.retirements
        ],
        "idle_policies": [
            {"policy": one.policy, "line": one.line, "reason": one.reason} for one in survey.idle
        ],
        "malformed": [
            {"file": one.file, "line": one.line, "key_path": one.key_path, "problem": one.problem}
            for one in survey.malformed
        ],
        "ungoverned": sum(one.is_ungoverned for one in survey.standings),
        "overdue": sum(one.overdue for one in survey.standings),
    }


def _entry(one: Standing) -> dict[str, Any]:
    return {
        "file": one.file,
        "line": one.line,
        "key_path": one.key_path,
        "secret": one.secret or None,
        "key": one.key or None,
        "pinned": one.pinned,
        "latest": one.latest,
        "drift": one.drifted,
        "dynamic": one.dynamic,
        "created": iso(one.created),
        "age": None if one.age is None else int(one.age),
        "age_from": one.source or None,
        "policy": one.policy or None,
        "every": one.every,
        "due": iso(one.due),
        "used": None if one.used is None else round(one.used, 3),
        "expires": iso(one.expires),
        "ttl": one.ttl,
        "max_ttl": one.limit,
        "state": one.state,
        "note": one.note or None,
        "where": one.where or None,
    }


def as_text(
    survey: Survey, server: bool, colour: bool, terminal: bool, by_file: bool = True, chosen: bool = False
) -> str:
    """A table: file by file, or each row with its file. On a terminal with a bar; ``colour`` adds ANSI codes.
    ``chosen`` says that rows were left out by the reader's own wish."""
    rows = [(one, _cells(one, terminal, by_file)) for one in survey.standings]
    widths = [max((len(cells[column]) for _, cells in rows), default=0) for column in range(6)]
    lines: list[str] = []
    file = None
    for one, cells in rows:
        if one.file != file and by_file:
            file = one.file
            lines += (
                ["", _paint("head", printable(file), colour)]
                if lines
                else [_paint("head", printable(file), colour)]
            )
        lines.append(_row(one, cells, widths, colour))
        if one.note:
            lines.append(f"      {printable(one.note)}")
    summary = _summary(survey.standings, server, chosen)
    lines += ["", summary] if lines else [summary]
    for path in survey.closed:
        lines.append(f"no key at hand opens {printable(path)}: judged by the `files` of the policies alone")
    if survey.unseen:
        names = ", ".join(map(printable, survey.unseen))
        lines.append(f"without a key nothing is known of: {names} (no `files` in the policy)")
    for place in survey.mentioned:
        pin = (
            f"{printable(place.path)}:{place.line} pins version {place.version} of {printable(place.secret)}"
        )
        lines.append(f"{pin}; the file is not sealed, and `rotate` does not re-pin it")
    lines += [_waiting(one) for one in survey.retirements]
    for policy in survey.idle:
        lines.append(f"the policy {printable(policy.policy)} governs nothing: {printable(policy.reason)}")
    for wrong in survey.malformed:
        at = f"{printable(wrong.file)}:{wrong.line} {printable(wrong.key_path)}"
        lines.append(
            f"{at} was meant as a reference and {wrong.problem}; `sealward check` has the right form"
        )
    return "\n".join(lines) + "\n"


def _waiting(one: Retirement) -> str:
    when = (
        f"{duration(one.grace)} after nothing deployed holds it"
        if one.due is None
        else f"from {iso(one.due)}"
    )
    keys = f" ({', '.join(map(printable, one.keys))})" if one.keys else ""
    return f"{printable(one.name)}{keys} is to be revoked {when}{' on' if one.due is not None else ''}"


def _cells(one: Standing, terminal: bool, by_file: bool) -> tuple[str, ...]:
    """Key path, secret, pin, age or TTL, bar, what is due."""
    place = one.key_path if by_file else f"{one.file}: {one.key_path}"
    secret = printable(f"{one.secret}#{one.key}") if one.secret else "(sealed)"
    return (
        printable(place),
        secret,
        _pin(one),
        _age(one),
        bar(one.used) if terminal else "",
        _due(one),
    )


def _row(one: Standing, cells: Sequence[str], widths: Sequence[int], colour: bool) -> str:
    padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
    padded[4:6] = [_paint(one.state, cell, colour) for cell in padded[4:6]]
    filled = [cell for cell, width in zip(padded, widths, strict=True) if width]
    return "  " + "  ".join([*filled, one.policy]).rstrip()


def _pin(one: Standing) -> str:
    if one.dynamic or not one.secret:
        return ""
    pin = f"#{one.pinned}" if one.pinned is not None else "no pin"
    return f"{pin} (newest #{one.latest})" if one.drifted else pin


def _age(one: Standing) -> str:
    if one.ttl is not None:
        return f"TTL {duration(one.ttl)}"
    return "" if one.age is None else duration(one.age)


def _due(one: Standing) -> str:
    state = one.state
    if state in ("due", "soon", "ok") and one.due is not None:
        left = one.due - one.now
        return f"due {duration(-left)} ago" if left <= 0 else f"due in {duration(left)}"
    if one.limit is not None and one.ttl is not None:
        return f"{_LABELS.get(state, state)} (limit {duration(one.limit)})"
    return _LABELS.get(state, state)


def bar(used: float | None) -> str:
    """How much is used, as ``█████░░░░░``; full from the whole on, and empty where not known."""
    if used is None:
        return " " * BAR
    full = min(BAR, int(used * BAR))
    return "█" * full + "░" * (BAR - full)


def duration(seconds: float) -> str:
    """The largest unit of which there are at least two, else of which there is one: ``36h``, ``9d``."""
    whole = int(seconds)
    for size, unit in _UNITS:
        if whole >= 2 * size or (whole == size and unit != "s"):
            return f"{whole // size}{unit}"
    return f"{whole}s"


def _summary(standings: Sequence[Standing], server: bool, chosen: bool) -> str:
    if not standings and chosen:
        return f"sealward: no such reference (ages from {'Vault' if server else 'the history of git'})"
    if not standings:
        return "sealward: no references to Vault in sealed files"
    states = [one.state for one in standings]
    files = len({one.file for one in standings})
    said = [f"{counted(len(standings), 'reference')} in {counted(files, 'file')}"]
    for state in ("due", "ttl", "gone", "revoked", "fleeting", "soon", "unknown", "unmanaged"):
        if state in states:
            said.append(f"{states.count(state)} {_LABELS.get(state, state)}")
    drifted = sum(one.drifted for one in standings)
    said += [f"{drifted} behind the newest version"] if drifted else []
    return f"sealward: {', '.join(said)} (ages from {'Vault' if server else 'the history of git'})"


def _paint(kind: str, text: str, colour: bool) -> str:
    return f"{_COLOURS[kind]}{text}{_RESET}" if colour and text.strip() else text
