"""The commit of a rotation: which files, and what it says, for people and in trailers for programs.

``Sealward-Rotated: secret/bot/binance#api_key 7 -> 8`` stands once for each key that was renewed. ``git log
--format='%(trailers:key=Sealward-Rotated)'`` shows them; ``sealward log`` reads them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote

from sealward.errors import SealwardError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sealward.rotation.plan import Plan
    from sealward.sealed.committed import Committed
    from sealward.sealed.files import Sealed

TRAILER = "Sealward-Rotated"
_TRAILER = re.compile(rf"{TRAILER}: (\S+)#(\S+) (\d{{1,9}}) -> (\d{{1,9}})", re.ASCII)
_SAFE = "/!$&'()*+,;=:@-._~"


class Change(NamedTuple):
    """One key of a secret, renewed: its version before, and the one that is pinned now (0: not known)."""

    secret: str
    key: str
    old: int
    new: int

    def __str__(self) -> str:
        """The trailer's line; what would make it another is percent-encoded."""
        secret, key = (quote(one, safe=_SAFE, errors="surrogateescape") for one in (self.secret, self.key))
        return f"{TRAILER}: {secret}#{key} {self.old} -> {self.new}"


class Commit(NamedTuple):
    """A commit that was made: its name, its title, its files. ``kept`` are files that were left out of it,
    as somebody's own changes stand in them."""

    name: str
    title: str
    files: tuple[str, ...]
    kept: tuple[str, ...] = ()


def changes_in(message: str) -> list[Change]:
    """What the trailers of a commit's message say; anything else in it is passed over."""
    found = []
    for line in message.splitlines():
        match = _TRAILER.fullmatch(line.strip())
        if match:
            secret, key = (unquote(one, errors="surrogateescape") for one in match.group(1, 2))
            found.append(Change(secret, key, int(match[3]), int(match[4])))
    return found


def commit(
    last: Committed, plans: Sequence[Plan], sealed: Iterable[Sealed], *, left_over: bool = False
) -> Commit | None:
    """Commit the new pins of these rotations and, with ``left_over``, those that a run before left in the
    work tree, as git refused its commit. ``sealed`` are the files as they stand there now.

    A file in which somebody changed anything else, or staged something else, stays out of it. None where
    there is nothing to commit. Raises SealwardError where git refuses it.
    """
    repository = last.repository
    edited = last.edited(sealed) | repository.half_staged()
    pinning = {one.path for plan in plans for one, _ in plan.pinned}
    left = {one.path: _moved(last.version(one), one) for one in sealed if one.path in last.dirty}
    wanted = sorted(path for path, moved in left.items() if moved and (left_over or path in pinning))
    paths = [path for path in wanted if path not in edited]
    kept = tuple(path for path in wanted if path in edited)
    if not paths:
        return Commit("", "", (), kept) if kept else None
    rotated = [plan for plan in plans if not {one.path for one, _ in plan.pinned} & set(kept)]
    names = {plan.target.name for plan in rotated}
    others = {one for path in paths for one in left[path] if one.secret not in names}
    title, message = _message(rotated, sorted(others))
    return Commit(repository.commit(paths, message), title, tuple(paths), kept)


def kept_out(found: Commit) -> SealwardError:
    """The error for files that were left out of a commit."""
    return SealwardError(
        f"not committed, as there are changes of your own: {', '.join(found.kept)}",
        "commit them yourself, or put your changes aside and `sealward rotate --resume --commit`",
    )


def _moved(before: Sealed, after: Sealed) -> set[Change]:
    """The pins that differ between two states of a file."""
    if before is after:
        return set()
    old: dict[tuple[object, ...], list[int]] = {}
    for site in before.sites:
        old.setdefault((site.leaf.path, site.leaf.part, *_what(site.reference)), []).append(
            site.reference.version or 0
        )
    found = set()
    for site in after.sites:
        one = site.reference
        versions = old.get((site.leaf.path, site.leaf.part, *_what(one)), [])
        version = versions.pop(0) if versions else None
        if version is not None and one.version and version < one.version:
            found.add(Change(f"{one.mount}/{one.path}", one.key or "*", version, one.version))
    return found


def _what(reference: object) -> tuple[object, ...]:
    return getattr(reference, "secret", ""), getattr(reference, "key", "")


def _message(plans: Sequence[Plan], others: Sequence[Change]) -> tuple[str, str]:
    lines = [
        f"- {plan.target.name} ({', '.join(plan.target.keys)}): version {plan.good} → {plan.new},"
        f" {plan.target.why}"
        for plan in plans
    ]
    by_secret: dict[str, list[Change]] = {}
    for one in others:
        by_secret.setdefault(one.secret, []).append(one)
    for secret, found in by_secret.items():
        keys = ", ".join(one.key for one in found)
        lines.append(f"- {secret} ({keys}): version {found[0].old} → {found[0].new}, by an earlier run")
    names = [*(plan.target.name for plan in plans), *by_secret]
    title = f"Rotate {names[0]}" if len(names) == 1 else f"Rotate {len(names)} secrets"
    changes = [
        Change(plan.target.name, key, plan.good, plan.new) for plan in plans for key in plan.target.keys
    ]
    trailers = [str(one) for one in (*changes, *others) if one.key != "*"]
    body = "\n".join(_line(one) for one in lines)
    return _line(title), "\n\n".join(filter(None, [_line(title), body, "\n".join(trailers)])) + "\n"


def _line(text: str) -> str:
    """One line, whatever a key is called: none that starts another, or a trailer."""
    return "".join(char if char.isprintable() else "?" for char in text)
