"""Lists in custom_metadata: what is written is read again, whatever it is, and nothing is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sealward.errors import SealwardError
from sealward.rotation import entries

if TYPE_CHECKING:
    from tests.support.openbao import Bao

LONG = [f"exchange_account_api_key_number_{number:02}" for number in range(30)]
ODD = ["a,b", "a%2Cb", "logged in user", "zwei\nZeilen", "ü" * 60, "tab\t", "x" * 500, "+2", "%%"]


def read_again(words: list[str], head: str = "from now: ") -> tuple[str, ...]:
    spread = entries.spread("note", head, words)
    assert all(0 < len(text.encode()) <= 512 for text in spread.values())
    text = entries.joined({**spread, "other": "kept"}, "note")
    assert text.startswith(head)
    return entries.resolved(entries.words_of(text.removeprefix(head)), words)


@pytest.mark.parametrize("words", [[], ["key"], LONG, LONG * 5, ODD, [*ODD, *LONG]])
def test_a_list_is_split_and_never_cut(words: list[str]) -> None:
    assert list(read_again(words)) == words


@given(st.lists(st.text(min_size=1, max_size=200), max_size=30))
def test_whatever_the_words_are(words: list[str]) -> None:
    assert list(read_again(words)) == words


def test_a_real_server_takes_them(bao: Bao) -> None:
    bao.put("bot", key="first")
    written = entries.spread("sealward-retire-1", "from now: ", [*ODD, *LONG])
    bao.client.annotate(bao.mount, "bot", {**written, "owner": "team a"})
    custom = bao.client.metadata(bao.mount, "bot").custom
    found = entries.words_of(entries.joined(custom, "sealward-retire-1").removeprefix("from now: "))
    assert list(entries.resolved(found, [*ODD, *LONG])) == [*ODD, *LONG]
    assert sum(entries.is_part(name) for name in custom) == len(written) - 1
    bao.client.annotate(bao.mount, "bot", dict.fromkeys(entries.parts("sealward-retire-1")))
    assert bao.client.metadata(bao.mount, "bot").custom == {"owner": "team a"}


def test_beyond_all_bounds_nothing_is_written() -> None:
    with pytest.raises(SealwardError, match="do not fit"):
        entries.spread("note", "", [f"{number:0100}" for number in range(400)])
