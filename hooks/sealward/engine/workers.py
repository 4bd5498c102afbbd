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

from sealward.engine.run import Counts, Judged
from sealward.errors import SealwardError
from sealward.finding import Finding, Place, Severity
from sealward.sops.format.creation_rules import BrokenConfiguration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from sealward.engine.run import Run
    from sealward.engine.sources import Source

MOST = 4
"""Each of the processes reads every file: with more of them, reading is what takes the time."""


class _One(NamedTuple):
    """One file: its number, and what is said of it."""

    number: int
    judged: Judged


class _Share(NamedTuple):
    """What one process has to say of its files: the counts of the run are those of its files alone.

    ``broken`` are the configurations that sops cannot use (path, line, reason); ``error`` is the number of
    the file that ended it, message and hint; empty where none did.
    """

    files: list[_One]
    counts: Counts
    broken: list[tuple[str, int, str]]
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


def judge_all(run: Run, sources: Iterator[Source]) -> Judged:
    """Judge all of the sources, as ``run`` would one by one: the same findings, counts and references.

    Raises the SealwardError that the first of them in their order raises.
    """
    count = processes()
    if count == 1:
        return _joined(run.judge(source) for source in sources)
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
    return _merged(run, shares)


def _share(run: Run, sources: Iterator[Source], first: int, step: int) -> _Share:
    """Judge every ``step``-th source. The run keeps the counts that it had before."""
    files: list[_One] = []
    error: tuple[Any, ...] = ()
    before, run.counts = run.counts, Counts()
    number = 0
    try:
        for source in sources:
            if number % step == first:
                judged = run.judge(source)
                if judged.findings or judged.references:
                    files.append(_One(number, judged))
            number += 1
    except SealwardError as reason:
        error = (number, reason.message, reason.hint)
    counts, run.counts = run.counts, before
    broken = [(path, one.line, one.reason) for path, one in run.surroundings.rules.broken.items()]
    return _Share(files, counts, broken, error)


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
            one.number,
            [_plain(finding) for finding in one.judged.findings],
            [(tuple(found.place), tuple(found.reference)) for found in one.judged.references],
        )
        for one in share.files
    ]
    return marshal.dumps((files, tuple(share.counts), share.broken, share.error))


def _plain(finding: Finding) -> tuple[Any, ...]:
    rule, place, message, hint, severity = finding.fields()
    return rule, tuple(place), message, hint, severity.value


def _unpacked(data: bytes) -> _Share:
    """The share again. Raises EOFError or ValueError for bytes that were cut off."""
    from sealward.references.syntax import Reference
    from sealward.sealed.contents import Found

    files, counts, broken, error = marshal.loads(data)  # noqa: S302 - from a copy of ourselves
    ours = []
    for number, findings, references in files:
        found = [Found(Place(*place), Reference._make(reference)) for place, reference in references]
        ours.append(_One(number, Judged([_finding(*one) for one in findings], found)))
    return _Share(ours, Counts._make(counts), broken, error)


def _finding(rule: str, place: tuple[Any, ...], message: str, hint: str, severity: str) -> Finding:
    return Finding(rule=rule, place=Place(*place), message=message, hint=hint, severity=Severity(severity))


def _merged(run: Run, shares: list[_Share]) -> Judged:
    """Put into the run what all saw, and give what they found, in the order of the files."""
    errors = sorted(share.error for share in shares if share.error)
    if errors:
        raise SealwardError(*errors[0][1:])
    for share in shares:
        run.counts = run.counts.plus(share.counts)
        for path, line, reason in share.broken:
            run.surroundings.rules.broken.setdefault(path, BrokenConfiguration(path, line, reason))
    files = sorted((one for share in shares for one in share.files), key=lambda one: one.number)
    return _joined(one.judged for one in files)


def _joined(all_judged: Iterable[Judged]) -> Judged:
    joined = Judged([], [])
    for judged in all_judged:
        joined.findings.extend(judged.findings)
        joined.references.extend(judged.references)
    return joined
