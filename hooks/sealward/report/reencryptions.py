"""What a re-encryption did, or would do, and what is to be rotated because of it: as text, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.report.rotations import as_data as rotation_data
from sealward.sops.format.recipients import whole
from sealward.terminal import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sealward.reencryption.exposure import Exposure
    from sealward.reencryption.newcomers import Newcomer
    from sealward.reencryption.resealing import Resealed
    from sealward.rotation.batch import Outcome
    from sealward.sops.format.creation_rules import Recipient


class Reencryption(NamedTuple):
    """A run: how many files of a killed run it finished, its own changes, how many files it judged,
    what former recipients know, whether the changes are made, and whom they are to be asked for first.
    Of a dry run, ``untried`` are the files whose copy would need a program or a key service to be made, and
    ``closed`` those that no identity at hand opens."""

    finished: int
    changing: Sequence[Resealed]
    total: int
    exposed: Sequence[Exposure]
    done: bool
    newcomers: Sequence[Newcomer] = ()
    untried: Sequence[str] = ()
    closed: Sequence[str] = ()


class Known(NamedTuple):
    """A secret that former recipients know: its name, the keys, the files, and whether an engine makes it."""

    secret: str
    keys: tuple[str, ...]
    files: tuple[str, ...]
    dynamic: bool


def known(exposed: Sequence[Exposure]) -> list[Known]:
    """The secrets of exposed files, each once, by name."""
    found: dict[str, tuple[dict[str, None], dict[str, None], bool]] = {}
    for one in exposed:
        for reference in one.references:
            keys, files, _ = found.setdefault(reference.secret, ({}, {}, reference.is_dynamic))
            keys[reference.key] = None
            files[one.path] = None
    return [
        Known(name, tuple(keys), tuple(files), dynamic)
        for name, (keys, files, dynamic) in sorted(found.items())
    ]


def as_text(run: Reencryption) -> str:
    """Lines for people."""
    lines: list[str] = []
    if run.finished:
        lines.append(f"finished what a killed run began: {counted(run.finished, 'file')} replaced")
    for one in run.changing:
        lines.append(f"{'reencrypted' if run.done else 'would reencrypt'} {one.before.path}")
        lines += [f"  {change}" for change in one.changes]
    if run.newcomers and not run.done:
        lines.append("new to the last commit, and to be asked for before a data key is wrapped for them:")
        lines += [f"  {one}" for one in run.newcomers]
    if run.untried:
        lines.append(
            f"no copy was tried of {_listed(run.untried)}: that starts a plugin or gpg, or asks a key service"
            " (--require-keys tries it)"
        )
    if not run.changing and not run.closed:
        lines.append(f"{counted(run.total, 'sealed file')}: all in line with the creation rules")
    elif not run.changing:
        lines.append(f"{counted(run.total, 'sealed file')} opened: in line with the creation rules")
    elif run.done:
        lines.append(f"{counted(len(run.changing), 'file')} replaced; next: git diff, git commit")
    lines += _exposed(run.exposed)
    return "\n".join(lines)


def as_data(run: Reencryption, rotation: Outcome) -> dict[str, object]:
    """``{"version": 1, "done": …, "finished": …, "reencrypted": […], "former": […], "rotate": […],
    "rotated": […], "failed": […], "problems": […]}``; no value is in it. The last three are those of
    ``sealward rotate``."""
    report = {
        "version": 1,
        "done": run.done,
        "finished": run.finished,
        "reencrypted": [{"path": one.before.path, "changes": list(one.changes)} for one in run.changing],
        "former": [
            {"path": one.path, "recipients": [_shown(name) for name in one.former], "others": one.others}
            for one in run.exposed
        ],
        "new_recipients": [
            {"recipient": _shown(one.recipient), "paths": list(one.paths), "plugin": one.plugin}
            for one in run.newcomers
        ],
        "rotate": [one._asdict() for one in known(run.exposed)],
        "untried": list(run.untried),
        "closed": list(run.closed),
    }
    return {**report, **_rotation(rotation, run.done)}


def _rotation(rotation: Outcome, done: bool) -> dict[str, object]:
    said = rotation_data(rotation, done, problems=rotation.problems)
    return {name: said[name] for name in ("rotated", "failed", "problems")}


def _exposed(exposed: Sequence[Exposure]) -> Iterator[str]:
    if not exposed:
        return
    yield f"a former recipient still knows the old values of {counted(len(exposed), 'file')}, and old commits"
    yield "stay readable to them:"
    yield from (f"  {_shown(name)}" for name in sorted({name for one in exposed for name in one.former}))
    secrets = known(exposed)
    if secrets:
        yield "rotate what they could read, before you commit (`sealward reencrypt --then-rotate` does it):"
    for one in secrets:
        how = "  (its engine renews it: its leases end)" if one.dynamic else ""
        yield f"  {one.secret}  {', '.join(one.keys)}  in {_listed(one.files)}{how}"
    for exposure in exposed:
        if exposure.others:
            said = counted(exposure.others, "encrypted value")
            yield f"  {exposure.path}: renew by hand what is secret of {said} without a reference"


def _shown(recipient: Recipient) -> str:
    kind, name = recipient
    return f"{kind} {whole(name)}"


def _listed(paths: Sequence[str]) -> str:
    return ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
