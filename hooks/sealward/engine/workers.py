"""Many sealed files, judged on every core: what a run says, and in which order, stays the same.

The files go to copies of this process, made with ``fork``: each reads and judges its share, every second
handful of two, say. What comes back over a pipe is findings and references, as plain
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
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from sealward.engine.run import Run
    from sealward.engine.sources import Sources

    Progress = Callable[[int], None]
    """Called with the number of files that are done, about."""

MOST = 8
HANDFUL = 16
"""So many files that follow each other go to one process: neighbours often have much in common."""


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


def judge_all(run: Run, sources: Sources, start: int = 0, progress: Progress | None = None) -> Judged:
    """Judge the sources from number ``start`` on, as ``run`` would one by one: the same findings, counts and
    references. ``progress`` is called with the number of files that are done, about.

    Raises the SealwardError that the first of them in their order raises.
    """
    count = processes()
    shares = []
    helpers: list[_Helper] = []
    try:
        for number in range(1, count):
            helpers.append(_start(run, _Portion(sources, start, number, count)))
        shares = [_share(run, _Portion(sources, start, 0, count), progress), *map(_received, helpers)]
    finally:
        for helper in helpers:
            os.kill(helper.pid, signal.SIGKILL)  # all of them have ended, if nothing went wrong
        for helper in helpers:
            os.waitpid(helper.pid, 0)
    return _merged(run, shares)


class _Portion(NamedTuple):
    """The sources of one process: every ``step``-th handful of those from ``start`` on."""

    sources: Sources
    start: int
    first: int
    step: int

    def numbers(self) -> Iterator[int]:
        """The numbers of its sources, in their order."""
        end = len(self.sources.items)
        for begin in range(self.start + self.first * HANDFUL, end, self.step * HANDFUL):
            yield from range(begin, min(begin + HANDFUL, end))


def _share(run: Run, portion: _Portion, progress: Progress | None = None) -> _Share:
    """Judge a portion. The run keeps the counts that it had before."""
    files: list[_One] = []
    error: tuple[Any, ...] = ()
    before, run.counts = run.counts, Counts()
    items, load = portion.sources.items, portion.sources.load
    number = done = 0
    try:
        for done, number in enumerate(portion.numbers()):
            if progress is not None:
                progress(min(portion.start + done * portion.step, len(items)))
            judged = run.judge(load(items[number]))
            if judged:
                files.append(_One(number, judged))
    except SealwardError as reason:
        error = (number, reason.message, reason.hint)
    counts, run.counts = run.counts, before
    broken = [(path, one.line, one.reason) for path, one in run.surroundings.rules.broken.items()]
    return _Share(files, counts, broken, error)


def _start(run: Run, portion: _Portion) -> _Helper:
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
        share = _share(run, portion, lambda done: _while_there_is(parent))
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


def _while_there_is(parent: int) -> None:
    """End when the process that wants to know is gone."""
    if os.getppid() != parent:
        os._exit(1)


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
            [_plain(finding) for finding in one.judged.suppressed],
            [(tuple(found.place), tuple(found.reference)) for found in one.judged.references],
        )
        for one in share.files
    ]
    return marshal.dumps((files, share.counts.plain(), share.broken, share.error))


def _plain(finding: Finding) -> tuple[Any, ...]:
    rule, place, message, hint, severity, suppressed = finding.fields()
    return rule, tuple(place), message, hint, severity.value, suppressed


def _unpacked(data: bytes) -> _Share:
    """The share again. Raises EOFError or ValueError for bytes that were cut off."""
    from sealward.references.syntax import Reference
    from sealward.sealed.contents import Found

    files, counts, broken, error = marshal.loads(data)  # noqa: S302 - from a copy of ourselves
    ours = []
    for number, findings, suppressed, references in files:
        found = [Found(Place(*place), Reference._make(reference)) for place, reference in references]
        said, silent = ([_finding(*one) for one in some] for some in (findings, suppressed))
        ours.append(_One(number, Judged(said, found, silent)))
    return _Share(ours, Counts(*counts), broken, error)


def _finding(
    rule: str, place: tuple[Any, ...], message: str, hint: str, severity: str, suppressed: str
) -> Finding:
    return Finding(
        rule=rule,
        place=Place(*place),
        message=message,
        hint=hint,
        severity=Severity(severity),
        suppressed=suppressed,
    )


def _merged(run: Run, shares: list[_Share]) -> Judged:
    """Put into the run what all saw, and give what they found, in the order of the files."""
    errors = sorted(share.error for share in shares if share.error)
    if errors:
        raise SealwardError(*errors[0][1:])
    for share in shares:
        run.counts.add(share.counts)
        for path, line, reason in share.broken:
            run.surroundings.rules.broken.setdefault(path, BrokenConfiguration(path, line, reason))
    files = sorted((one for share in shares for one in share.files), key=lambda one: one.number)
    joined = Judged([], [], [])
    for one in files:
        joined.add(one.judged)
    return joined
