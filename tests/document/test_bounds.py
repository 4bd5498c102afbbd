"""Text of strangers: every reader is linear in it, and nothing nests or multiplies without bound."""

from __future__ import annotations

from time import process_time
from typing import TYPE_CHECKING, Any

import pytest

from sealward.document import parse
from sealward.document.model import MAX_DEPTH
from sealward.sops.format import ciphertext, creation_rules

if TYPE_CHECKING:
    from collections.abc import Callable


def _chained(links: int, levels: int) -> str:
    """Anchors that each nest the one before, deeper than any bracket in the text."""
    lines = [f"a0: &a0 {'{k: ' * levels}x{'}' * levels}"]
    lines += [f"a{n}: &a{n} {'{k: ' * levels}*a{n - 1}{' }' * levels}" for n in range(1, links + 1)]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("path", ["deep.enc.yaml", "deep.yaml"])
def test_depth_counts_through_aliases(path: str) -> None:
    document = parse(path, _chained(12, 150).encode())
    assert [problem.rule for problem in document.problems] == ["invalid-syntax"]
    assert "nested deeper" in document.problems[0].message


def test_aliases_that_stay_within_the_depth_are_expanded() -> None:
    document = parse("a.yaml", _chained(3, 40).encode())
    assert not document.problems
    assert max(len(leaf.path) for leaf in document.leaves) == 4 * 40 + 1


@pytest.mark.parametrize("wide", [True, False], ids=["within a list", "within a mapping"])
def test_an_alias_counts_where_it_stands(wide: bool) -> None:
    inner = f"a: &a {'[' * 150}{']' * 150}\n"
    outer = (f"b: {'[' * 60}*a{']' * 60}\n") if wide else f"b: {'{k: ' * 60}*a{' }' * 60}\n"
    assert parse("a.yaml", (inner + outer).encode()).problems
    assert not parse("a.yaml", inner.encode()).problems


def test_creation_rules_that_nest_through_aliases_are_broken() -> None:
    text = f"{_chained(12, 150)}creation_rules:\n  - age: *a12\n"
    with pytest.raises(creation_rules.BrokenConfiguration, match="nested deeper"):
        creation_rules.load(".sops.yaml", text.encode())


@pytest.mark.parametrize("levels", [MAX_DEPTH - 1, MAX_DEPTH + 1, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [('{"a":', "}"), ("[", "]")])
def test_nested_json(levels: int, opening: str, closing: str) -> None:
    text = f'{{"a":{opening * (levels - 1)}1{closing * (levels - 1)}}}'
    problems = parse("a.json", text.encode()).problems
    assert bool(problems) is (levels > MAX_DEPTH)
    assert all("nested deeper" in problem.message for problem in problems)


@pytest.mark.parametrize("levels", [MAX_DEPTH - 1, MAX_DEPTH + 1, 100_000])
def test_nested_yaml(levels: int) -> None:
    problems = parse("a.yaml", f"a: {'[' * levels}{']' * levels}".encode()).problems
    assert bool(problems) is (levels > MAX_DEPTH)


@pytest.mark.parametrize(
    "text",
    [
        f"a{'__map_a' * 5000}",
        "a" + "__list_1000" * 11,
        "a" + "__list_1000__map_b" * 5,
    ],
    ids=["deep", "lists", "lists of mappings"],
)
def test_flat_metadata_names_stay_small(text: str) -> None:
    lines = "".join(f"sops_{text}{number}=x\n" for number in range(200))
    document = parse("a.env", f"A=1\n{lines}sops_mac=x\n".encode())
    assert document.metadata is not None
    assert _size(document.metadata) < 100_000


def _size(node: Any) -> int:
    nodes, found = [node], 0
    while nodes:
        found += 1
        one = nodes.pop()
        nodes += [entry.value for entry in getattr(one, "entries", ())]
        nodes += getattr(one, "items", ())
    return found


def test_comments_over_many_values_are_bounded() -> None:
    text = "# c\n" * 3000 + "k:\n" + "".join(f"  a{number}: x # c\n" for number in range(3000))
    assert "too many comments" in parse("a.yaml", text.encode()).problems[0].message
    few = "# c\n" * 300 + "k:\n" + "".join(f"  a{number}: x # c\n" for number in range(300))
    assert not parse("a.yaml", few.encode()).problems


SLOW: dict[str, tuple[str, Callable[[int], str]]] = {
    "one line of JSON": ("a.json", lambda n: '{"a":[' + "1," * n + "1]}"),
    "many lines of JSON": ("a.json", lambda n: '{"a":[' + "1,\n" * n + "1]}"),
    "a block scalar of hashes": (
        "a.yaml", lambda n: "a: |\n" + "\n" * n + "  # x\n" * n + "b: 1\n"
    ),
    "a block scalar and comments behind": (
        "a.yaml", lambda n: "a:\n  b: |\n" + "\n" * n + "    x\n" + "# x\n" * n + "c: 1\n"
    ),
    "comments on one line": ("a.yaml", lambda n: "a: [" + "x, " * n + "x] # c\n"),
    "flat fields": ("a.env", lambda n: "".join(f"sops_a{i}=x\n" for i in range(n))),
    "INI continued": ("a.ini", lambda n: "[a]\nb = c\\\n" + "d\\\n" * n + "e\n"),
    "INI never closed": ("a.ini", lambda n: "[a]\nb = `\n" + "d\n" * n + "`\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", SLOW)
def test_readers_are_linear(name: str) -> None:
    """Sixteen times the text may take sixteen times as long, with room; 256 times would be quadratic."""
    path, make = SLOW[name]
    small, large = (_seconds(path, make(size).encode()) for size in (1_000, 16_000))
    assert large < 80 * max(small, 0.0005)


def _seconds(path: str, data: bytes) -> float:
    times = []
    for _ in range(3):
        start = process_time()
        parse(path, data)
        times.append(process_time() - start)
    return min(times)


def test_a_value_of_many_field_marks_is_told_in_one_pass() -> None:
    text = f"ENC[AES256_GCM,data:{',iv:a,tag:a,type:a' * 20_000}]]"
    assert ciphertext.fields(text) is not None
    assert ciphertext.defect(text) is not None
