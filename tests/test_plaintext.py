from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
import traceback

import pytest

from sealward.plaintext import Plaintext

CANARY = b"canary-7f1e"


@pytest.mark.parametrize("show", [repr, str, "{}".format, "{!r}".format, "%s".__mod__, lambda p: f"{p:>40}"])
def test_it_does_not_show(show: object) -> None:
    assert "canary" not in show(Plaintext(CANARY))  # type: ignore[operator]


@pytest.mark.parametrize("leak", [pickle.dumps, copy.copy, copy.deepcopy, json.dumps, hash])
def test_it_does_not_leave_memory(leak: object) -> None:
    with pytest.raises(TypeError) as error:
        leak(Plaintext(CANARY))  # type: ignore[operator]
    assert "canary" not in "".join(traceback.format_exception(error.value))


def test_it_does_not_show_inside_other_things() -> None:
    assert "canary" not in repr([Plaintext(CANARY), {"key": Plaintext(CANARY)}])


def test_it_has_no_attributes_to_dump() -> None:
    assert not hasattr(Plaintext(CANARY), "__dict__")


def test_only_by_name_it_comes_out() -> None:
    assert Plaintext(CANARY).reveal() == CANARY
    assert Plaintext(b"gr\xc3\xbcn\xff").text() == "grün\ufffd"


@pytest.mark.parametrize(
    ("other", "same"), [(Plaintext(CANARY), True), (Plaintext(b""), False), (CANARY, False)]
)
def test_comparison(other: object, same: bool) -> None:
    assert (Plaintext(CANARY) == other) is same


@pytest.mark.skipif(sys.platform == "win32", reason="no core dumps there")
def test_core_dumps_are_off() -> None:
    program = (
        "import ctypes, resource; from sealward.plaintext import forbid_core_dumps; forbid_core_dumps();"
        "print(resource.getrlimit(resource.RLIMIT_CORE)[0],"
        " ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) if __import__('sys').platform == 'linux' else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.split() == [b"0", b"0"]
