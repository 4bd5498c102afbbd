"""Many sealed files, judged on every core: what a run says, and in which order, stays the same.

The files go to copies of this process, made with ``fork``: each walks the same sources and judges its
share, every second file of two, say. What comes back over a pipe is findings and references, as plain
tuples, and never a value of a file. A copy ends with its share, with an interrupt, and when the process
that it was made by is gone.
"""

from __future__ import annotations

import marshal
import os
import signal
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from sealward.errors import SealwardError
from sealward.finding import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from sealward.checks.references import Found
    from sealward.checks.run import Run
    from sealward.checks.sources import Source

MOST = 4
"""Each of the processes reads every file: with more of them, reading is what takes the time."""


class _Judged(NamedTuple):
    """One file: its number, path and commit, what was found, and the references that it holds."""

    number: int
    path: str
    commit: str
    findings: list[Finding]
    references: list[Found]


class _Share(NamedTuple):
    """What one process has to say of its files; the counts of the run are those of its files alone.

    ``error`` is the number of the file that ended it, message and hint; empty where none did.
    """

    judged: list[_Judged]
    counts: tuple[int, ...]
    error: tuple[Any, ...]


class _Helper(NamedTuple):
    """A copy of this process, and the pipe that its share will come through."""

    pid: int
    pipe: BinaryIO


def processes() -> int:
    """How many processes may share the work: one where this one cannot be copied, or has one core."""
    if not hasattr(os, "fork") or sys.platform == "darwin":  # macOS's own libraries do not survive a fork
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST)


def judge_all(run: Run, sources: Iterator[Source]) -> list[Finding]:
    """Judge all of the sources, as ``run`` would one by one: the same findings, counts and references.

    Raises the SealwardError that the first of them in their order raises.
    """
    count = processes()
    if count == 1:
        return [finding for source in sources for finding in run.judge(source)]
    helpers: list[_Helper] = []
    try:
        for number in range(1, count):
            helpers.append(_start(run, sources, number, count))
        shares = [_share(run, sources, 0, count), *map(_received, helpers)]
    finally:
        for helper in helpers:
            os.kill(helper.pid, signal.SIGKILL)  # all of them have ended, if nothing went wrong
        for helper in helpers:
            os.waitpid(helper.pid, 0)
    return list(_merged(run, shares))


def _share(run: Run, sources: Iterator[Source], first: int, step: int) -> _Share:
    """Judge every ``step``-th source. The run keeps as many counts and references as it had before."""
    judged: list[_Judged] = []
    error: tuple[Any, ...] = ()
    before = run.counts()
    known = len(run.references)
    number = 0
    try:
        for source in sources:
            if number % step == first:
                findings = list(run.examine(source))
                references = run.references[known:]
                del run.references[known:]
                if findings or references:
                    judged.append(_Judged(number, source.path, source.commit, findings, references))
            number += 1
    except SealwardError as reason:
        error = (number, reason.message, reason.hint)
    counts = tuple(new - old for old, new in zip(before, run.counts(), strict=True))
    run.count(*(-number for number in counts))
    return _Share(judged, counts, error)


def _start(run: Run, sources: Iterator[Source], first: int, step: int) -> _Helper:
    """Copy this process; the copy sends its share through the pipe, and ends."""
    reading, writing = os.pipe()
    parent = os.getpid()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        os.close(writing)
        return _Helper(pid, open(reading, "rb"))
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # one process is enough to say that it was interrupted
        os.close(reading)
        share = _share(run, _while_there_is(parent, sources), first, step)
        with open(writing, "wb") as pipe:
            pipe.write(_packed(share))
        status = 0
    except BrokenPipeError:
        pass
    except BaseException:
        sys.excepthook(*sys.exc_info())
        sys.stderr.flush()
    finally:
        os._exit(status)


def _while_there_is(parent: int, sources: Iterator[Source]) -> Iterator[Source]:
    """The sources, until the process that wants to know about them is gone."""
    for source in sources:
        if os.getppid() != parent:
            os._exit(1)
        yield source


def _received(helper: _Helper) -> _Share:
    """Wait for a helper's share. Raises SealwardError where it ended before all of it was sent."""
    with helper.pipe:
        data = helper.pipe.read()
    try:
        return _unpacked(data)
    except (EOFError, ValueError):
        hint = "run it again, and see whether something ends processes here"
        raise SealwardError("a process that judged some of the files ended early", hint) from None


def _packed(share: _Share) -> bytes:
    """A share as bytes: tuples, texts and numbers alone."""
    files = [
        (
            *one[:3],
            [(*found[:-1], found.severity.value) for found in one.findings],
            [(*found.place, tuple(found.reference)) for found in one.references],
        )
        for one in share.judged
    ]
    return marshal.dumps((files, share.counts, share.error))


def _unpacked(data: bytes) -> _Share:
    """The share again. Raises EOFError or ValueError for bytes that were cut off."""
    from sealward.checks.references import Found
    from sealward.vault.reference import Reference

    files, counts, error = marshal.loads(data)  # noqa: S302 - from a copy of ourselves
    judged = [
        _Judged(
            number,
            path,
            commit,
            [Finding._make((*found, Severity(severity))) for *found, severity in findings],
            [Found._make((*place, Reference._make(reference))) for *place, reference in references],
        )
        for number, path, commit, findings, references in files
    ]
    return _Share(judged, counts, error)


def _merged(run: Run, shares: list[_Share]) -> Iterator[Finding]:
    """Put into the run what all saw, and yield what they found, in the order of the files."""
    errors = sorted(share.error for share in shares if share.error)
    if errors:
        raise SealwardError(*errors[0][1:])
    broken: set[str] = set()
    for share in shares:
        run.count(*share.counts)
    for one in sorted(one for share in shares for one in share.judged):
        run.references += one.references
        yield from run.settled(one.path, one.commit, _once(one.findings, broken))


def _once(findings: list[Finding], broken: set[str]) -> Iterator[Finding]:
    """Findings without broken configurations that were told: every process comes upon them anew."""
    for finding in findings:
        if finding.rule == "broken-configuration":
            if finding.path in broken:
                continue
            broken.add(finding.path)
        yield finding
