"""A program of the user's own: one request on its standard input, one bounded answer on its standard output.

It runs without a shell, from the repository's top, and without the credentials that Sealward holds. Its
standard error goes nowhere, or to a file that the user names, and its answer is never quoted, but for the
text of an ``error`` in it: both may hold secrets, and end in CI logs.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
from typing import IO, TYPE_CHECKING

from sealward import children
from sealward.children import Child
from sealward.errors import SealwardError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LARGEST = 1 << 20
"""Bytes of an answer; one byte more ends the program."""


def ask(
    command: Sequence[str], request: bytes, seconds: float, folder: str, passed: Iterable[str] = ()
) -> bytes:
    """Run ``command`` in ``folder`` and return what it wrote, at most ``LARGEST`` bytes.

    ``passed`` are names of environment variables that it gets besides what the table allows. Raises
    SealwardError where it cannot be started, takes longer than ``seconds``, ends with a status other
    than 0 or writes too much; nothing that it started in its process group is left running.
    """
    name = command[0]
    process = _start(command, folder, set(passed))
    answer: list[bytes] = []
    assert process.stdin is not None
    assert process.stdout is not None
    talk = [
        threading.Thread(target=_give, args=(process.stdin, request), daemon=True),
        threading.Thread(target=_take, args=(process.stdout, answer), daemon=True),
    ]
    try:
        for thread in talk:
            thread.start()
        talk[1].join(seconds)
        if talk[1].is_alive():
            raise _failed(name, f"did not answer within {seconds:g} s")
        if len(answer[0]) > LARGEST:
            raise _failed(name, f"answered more than {LARGEST >> 20} MiB")
        status = process.wait(min(seconds, 5.0))
    except subprocess.TimeoutExpired:
        raise _failed(name, "closed its output but did not end") from None
    finally:
        _end(process)
    said = _error(answer[0], request)
    if said:
        raise SealwardError(f"the command {name} says: {said}", "fix that and try again")
    if status:
        raise _failed(name, f"ended with status {status}")
    return answer[0]


@contextlib.contextmanager
def errors_kept(file: str) -> Iterator[None]:
    """Meanwhile, what programs write to their standard error is added to a file that the user names (empty:
    it goes nowhere), for them alone to read. Raises SealwardError where it cannot be written."""
    if not file:
        yield
        return
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
    try:
        descriptor = os.open(file, flags | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except OSError as error:
        hint = "name a file that you may write, and that is no link"
        raise SealwardError(f"{file}: cannot be written ({error.strerror})", hint) from None
    _KEPT.append(descriptor)
    try:
        yield
    finally:
        _KEPT.remove(descriptor)
        os.close(descriptor)


_KEPT: list[int] = []
"""Where standard error of programs goes: the last one; nowhere without any."""


def _error(answer: bytes, request: bytes) -> str:
    """The text of an ``error`` that a program answers with, made printable, without any value that it was
    given; empty where there is none."""
    if b'"error"' not in answer:
        return ""
    try:
        said = json.loads(answer).get("error")
        given = json.loads(request).get("values") or {}
    except (ValueError, RecursionError, AttributeError):
        return ""
    if not isinstance(said, str):
        return ""
    for value in sorted(filter(None, map(str, given.values())), key=len, reverse=True):
        said = said.replace(value, "[a value]")
    return "".join(char if char.isprintable() else " " for char in said[:200]).strip()


def _start(command: Sequence[str], folder: str, passed: set[str]) -> subprocess.Popen[bytes]:
    environment = children.environment(Child.PROGRAM, passed=passed)
    program = os.path.join(folder, command[0]) if os.path.dirname(command[0]) else command[0]
    try:
        return subprocess.Popen(
            [program, *command[1:]], cwd=folder, env=environment, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=_KEPT[-1] if _KEPT else subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else "") or "not a program's name"
        hint = "commands run from the repository's top, without a shell; is it there, and executable?"
        raise SealwardError(f"cannot run {command[0]}: {reason}", hint) from None


def _give(stream: IO[bytes], request: bytes) -> None:
    """The program need not read its request."""
    with contextlib.suppress(OSError):
        stream.write(request)
    with contextlib.suppress(OSError):
        stream.close()


def _take(stream: IO[bytes], answer: list[bytes]) -> None:
    answer.append(stream.read(LARGEST + 1))


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill what still runs, helpers of the program included."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


def _failed(name: str, how: str) -> SealwardError:
    return SealwardError(
        f"the command {name} {how}", "run it by hand to see why (docs/rotation-policy.md has its input)"
    )
