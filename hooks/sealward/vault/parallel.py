"""Many questions to the server at the same time, in bounded numbers, so that nobody waits for one round trip
after the other."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

from sealward.terminal import unseen
from sealward.vault.transport import VaultError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sealward.terminal import Progress

    K = TypeVar("K")
    T = TypeVar("T")

THREADS = 32
"""How many requests are under way at once."""

CHUNK = 250
"""Paths in one request: OpenBao refuses a body of more than 1,000 texts."""

_NOT_ASKED = VaultError("another question failed first", "look at that one")


def answers(
    ask: Callable[[K], T], questions: Iterable[K], progress: Progress = unseen, what: str = ""
) -> dict[K, T | VaultError]:
    """The answer to each question, in their order; what concerns one path alone (a 403, a 404, a 400) is an
    answer, too.

    Each question is asked once, however often it is given. Raises VaultError where the server or the token
    as such fails: what has not been asked by then is not asked any more.
    """
    wanted = list(dict.fromkeys(questions))
    if len(wanted) < 2:
        return {one: settled(ask, one) for one in wanted}
    from concurrent.futures import ThreadPoolExecutor

    ended = threading.Event()

    def answer(question: K) -> T | VaultError:
        if ended.is_set():
            raise _NOT_ASKED
        try:
            return settled(ask, question)
        except BaseException:
            ended.set()
            raise

    found: dict[K, T | VaultError] = {}
    with ThreadPoolExecutor(min(THREADS, len(wanted))) as pool:
        try:
            for number, one in enumerate(pool.map(answer, wanted)):
                found[wanted[number]] = one
                progress(number + 1, len(wanted), what)
        finally:
            ended.set()
            pool.shutdown(cancel_futures=True)
    return found


def settled(ask: Callable[[K], T], question: K) -> T | VaultError:
    """An answer, or the refusal of one path. Raises VaultError for any other failure."""
    try:
        return ask(question)
    except VaultError as error:
        if error.is_of_the_path:
            return error
        raise


def chunks(paths: list[str], size: int = CHUNK) -> Iterator[list[str]]:
    """The paths, a bounded number at a time."""
    for at in range(0, len(paths), size):
        yield paths[at : at + size]
