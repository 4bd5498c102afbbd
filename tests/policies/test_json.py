"""Policies in JSON: labels out of objects, places, and never more than the server takes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sealward.policies import json_, policy
from sealward.policies.tree import Unreadable
from tests.policies.test_hcl import plain
from tests.support.policies import write
from tests.support.policy_texts import JSON

if TYPE_CHECKING:
    from tests.support.openbao import Bao


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('{"path": {"a": {"x": [1]}}}', [("path", "a", [("x", ["1"])])]),
        ('{"path": [{"a": {}}, {"b": {"c": 1}}]}', [("path", "a", []), ("path", "b", [("c", "1")])]),
        ('{"path": {"a": {"b": {"x": null}}}}', [("path", "a", "b", [("x", "null")])]),
        ('{"path": {"a": {}, "b": 1}}', [("path", [("a", []), ("b", "1")])]),
        ('{"a": "\\ud83d\\ude00"}', [("a", "\U0001f600")]),
    ],
)
def test_what_is_read(text: str, read: object) -> None:
    assert plain(json_.read(text)) == read


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"path":\n {"a": {}},}', (2, 12)),
        ('{"path": [1 2]}', (1, 13)),
        ('{"a": 1} x', (1, 10)),
        ('{"a": tru}', (1, 7)),
        ('{"a": 1', (1, 8)),
        ('{"a": "x\ny"}', (1, 9)),
        ('{"a" 1}', (1, 6)),
        ('{"a": ' + "[" * 40, (1, 38)),
    ],
)
def test_what_is_wrong_and_where(text: str, place: tuple[int, int]) -> None:
    with pytest.raises(Unreadable) as wrong:
        json_.read(text)
    assert tuple(wrong.value.at) == place


def test_the_server_takes_what_is_read_and_of_json_all_that_it_takes_is_read(bao: Bao) -> None:
    for text in JSON:
        taken = write(bao.client, "edge", text)
        ours = not policy.read(text.encode(), "openbao").problems
        try:
            json.loads(text)
        except ValueError:
            assert not ours, text  # the server reads a part of it at times, which nobody meant
        else:
            assert ours == taken or "[]]" in text, text
