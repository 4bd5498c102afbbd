"""The walks of CONTRIBUTING.md are true: a run enters the modules in the order in which they are named."""

from __future__ import annotations

import re
import sys
import threading
from inspect import CO_OPTIMIZED
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import sealward
from sealward.cli import main
from tests.support.rotations import Trio

if TYPE_CHECKING:
    from types import FrameType

    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

PACKAGE = Path(sealward.__file__).parent
TEXT = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")


def walk(title: str) -> list[str]:
    """The modules and packages of a section's numbered list, in order, each once."""
    section = TEXT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    steps = re.findall(r"^(?:\d+\.|  ) .*", section, re.MULTILINE)
    return list(dict.fromkeys(re.findall(r"`((?:\w+/)+|(?:\w+/)*\w+\.py)`", "\n".join(steps))))


def entered(words: list[str]) -> list[str]:
    """The modules whose functions a run of the command calls, call by call."""
    found: list[str] = []
    top = f"{PACKAGE}/"

    def note(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        is_function = code.co_flags & CO_OPTIMIZED and not code.co_name.startswith("<")  # no class's body
        if event == "call" and is_function and code.co_filename.startswith(top):
            found.append(code.co_filename[len(top) :])

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        assert main(words) == 0
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return found


def out_of_order(named: list[str], met: list[str]) -> list[str]:
    """The names that a run does not meet behind the one that stands before."""
    at, wrong = 0, []
    for name in named:
        found = next((number for number, one in enumerate(met[at:], at) if one.startswith(name)), None)
        wrong += [name] if found is None else []
        at = at if found is None else found
    return wrong


def test_one_file_through_check(repo: Repo, sealer: Sealer) -> None:
    text = "a: vault:secret/data/bot#key#1\nnote_unencrypted: a word\n"
    repo.commit({".sops.yaml": sealer.rules(), "s.enc.yaml": sealer.seal("s.enc.yaml", text)})
    met = entered(["check", "s.enc.yaml"])
    assert out_of_order(walk("One file through `check`"), met) == []


def test_one_secret_through_rotate(repo: Repo, sealer: Sealer, bao: Bao) -> None:
    Trio(repo, sealer, bao)
    met = entered(["rotate", f"{bao.mount}/bot/one", "key"])
    assert out_of_order(walk("One secret through `rotate`"), met) == []


@pytest.mark.parametrize(
    ("named", "wrong"),
    [
        (["a.py", "b/", "c.py"], []),
        (["a.py", "b/two.py"], []),
        (["c.py", "a.py"], ["a.py"]),
        (["a.py", "d.py"], ["d.py"]),
    ],
)
def test_a_false_walk_is_seen(named: list[str], wrong: list[str]) -> None:
    assert out_of_order(named, ["a.py", "b/one.py", "b/two.py", "c.py"]) == wrong
