"""Entries by key path, lists, comments, order: a table of what merges, and of what stays a question."""

from __future__ import annotations

import pytest

from tests.support.merges import in_clear

MAPPING = "a: 1\nb: 2\nc: 3\n"
LIST = "l:\n    - x\n    - y\n    - z\n"
NAMED = "l:\n    - name: one\n      v: 1\n    - name: two\n      v: 2\n"
NESTED = "m:\n    n:\n        o: 1\n    p: 2\n"


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "result"),
    [
        pytest.param(MAPPING, "a: 9\nb: 2\nc: 3\n", "a: 1\nb: 8\nc: 3\n", "a: 9\nb: 8\nc: 3\n", id="neighbours"),
        pytest.param(MAPPING, "a: 1\nc: 3\n", "a: 1\nb: 2\nc: 7\n", "a: 1\nc: 7\n", id="deleted"),
        pytest.param(MAPPING, "a: 1\nc: 3\n", "b: 2\nc: 3\n", "c: 3\n", id="both delete"),
        pytest.param(MAPPING, MAPPING + "d: 4\n", MAPPING + "e: 5\n", MAPPING + "e: 5\nd: 4\n", id="both add at the end"),
        pytest.param(MAPPING, MAPPING + "d: 4\n", MAPPING + "d: 4\n", MAPPING + "d: 4\n", id="both add the same"),
        pytest.param(MAPPING, "a: 1\nx: 0\nb: 2\nc: 3\n", "a: 1\nb: 2\ny: 0\nc: 3\n", "a: 1\nx: 0\nb: 2\ny: 0\nc: 3\n", id="placed"),
        pytest.param(MAPPING, "c: 3\nb: 2\na: 1\n", "a: 1\nb: 2\nc: 9\n", "c: 9\nb: 2\na: 1\n", id="ours reorders"),
        pytest.param(MAPPING, "a: 9\nb: 2\nc: 3\n", "c: 3\na: 1\nb: 2\n", "c: 3\na: 9\nb: 2\n", id="theirs reorders"),
        pytest.param(MAPPING, "a: 0x1\nb: 2\nc: 3\n", "a: 1\nb: 2\nc: 3\n", "a: 0x1\nb: 2\nc: 3\n", id="another spelling"),
        pytest.param(NESTED, NESTED.replace("o: 1", "o: 9"), NESTED.replace("p: 2", "p: 8"), "m:\n    n:\n        o: 9\n    p: 8\n", id="nested"),
        pytest.param(NESTED, "m:\n    p: 2\n", NESTED.replace("p: 2", "p: 8"), "m:\n    p: 8\n", id="nested deleted"),
        pytest.param("m:\n    a: 1\n    b: 2\n", "m:\n    a: 1\n", "m:\n    b: 2\n", "m: {}\n", id="nothing is left"),
        pytest.param("m: {}\n", "m: {}\nx: 1\n", "m:\n    a: 1\n", "m:\n    a: 1\nx: 1\n", id="filled"),
        pytest.param(None, "a: 1\n", "b: 2\n", "b: 2\na: 1\n", id="no base"),
        pytest.param(None, "a: 1\nb: 2\n", "a: 1\nb: 2\n", "a: 1\nb: 2\n", id="no base, the same"),
        pytest.param("a:\n    b: 1\n", "a:\n    b: 1\nx: 1\n", "a: text\n", "a: text\nx: 1\n", id="another kind"),
        pytest.param(LIST, LIST.replace("- x", "- X"), LIST.replace("- z", "- Z"), LIST.replace("- x", "- X").replace("- z", "- Z"), id="items by place"),
        pytest.param(LIST, LIST.replace("- x", "- X"), LIST.replace("- y", "- Y"), LIST.replace("- x", "- X").replace("- y", "- Y"), id="neighbouring items"),
        pytest.param(LIST, LIST + "    - end\n", "l:\n    - begin\n    - x\n    - y\n    - z\n", "l:\n    - begin\n    - x\n    - y\n    - z\n    - end\n", id="items added"),
        pytest.param(LIST, "l:\n    - x\n    - z\n", LIST + "    - end\n", "l:\n    - x\n    - z\n    - end\n", id="item removed"),
        pytest.param("l: []\n", "l: []\na: 1\n", "l:\n    - x\n", "l:\n    - x\na: 1\n", id="list filled"),
        pytest.param("l:\n    - x\n", "l: []\n", "l:\n    - x\na: 1\n", "l: []\na: 1\n", id="list emptied"),
        pytest.param(NAMED, NAMED.replace("v: 1", "v: 9"), "l:\n    - name: two\n      v: 8\n    - name: one\n      v: 1\n", "l:\n    - name: two\n      v: 8\n    - name: one\n      v: 9\n", id="items by name"),
        pytest.param(NAMED, NAMED + "    - name: three\n      v: 3\n", "l:\n    - name: two\n      v: 2\n", "l:\n    - name: two\n      v: 2\n    - name: three\n      v: 3\n", id="named items added and removed"),
        pytest.param("l:\n    - - 1\n      - 2\n    - - 3\n", "l:\n    - - 1\n      - 2\n    - - 4\n", "l:\n    - - 9\n      - 2\n    - - 3\n", "l:\n    - - 9\n      - 2\n    - - 4\n", id="lists in lists"),
        pytest.param("# old\na: 1\nb: 2\n", "# ours\na: 1\nb: 2\n", "# old\na: 1\n# theirs\nb: 3\n", "# ours\na: 1\n# theirs\nb: 3\n", id="comments"),
        pytest.param("a: 1\n", "# ours\na: 1\n", "# theirs\na: 1\n", "# ours\n# theirs\na: 1\n", id="both comment"),
        pytest.param("a: 1\nb: 2\n", "# why\na: 1\nb: 2\n", "b: 2\n", "b: 2\n", id="a comment keeps no entry"),
        pytest.param("m:\n    a: 1\nz: 1\n", "m:\n    a: 1\n    # foot\nz: 1\n", "m:\n    a: 2\nz: 1\n", "m:\n    a: 2\n    # foot\nz: 1\n", id="foot comment"),
        pytest.param("a: 1\n", "a: 1\n# end\n", "a: 2\n", "a: 2\n# end\n", id="comment at the end"),
        pytest.param("t: |\n    one\n    # no comment\nz: 1\n", "t: |\n    one\n    # no comment\nz: 2\n", "t: |\n    two\n\n    # no comment\nz: 1\n", "t: |\n    two\n\n    # no comment\nz: 2\n", id="block scalar"),
        pytest.param("a: 1\n---\nb: 1\n", "a: 2\n---\nb: 1\n", "a: 1\n---\nb: 2\n", "a: 2\n---\nb: 2\n", id="documents"),
    ],
)  # fmt: skip
def test_what_merges(base: str | None, ours: str, theirs: str, result: str) -> None:
    assert in_clear(base, ours, theirs) == (result, [])


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "where"),
    [
        pytest.param(MAPPING, "a: 9\nb: 2\nc: 3\n", "a: 8\nb: 2\nc: 3\n", ["a"], id="both change"),
        pytest.param(MAPPING, "b: 2\nc: 3\n", "a: 8\nb: 2\nc: 3\n", ["a"], id="deleted and changed"),
        pytest.param(MAPPING, MAPPING + "d: 1\n", MAPPING + "d: 2\n", ["d"], id="both add"),
        pytest.param(NESTED, "m: text\n", NESTED.replace("o: 1", "o: 2"), ["m"], id="another kind and changed"),
        pytest.param("a: 1\n", "a: 1.0\n", 'a: "1"\n', ["a"], id="other types"),
        pytest.param(LIST, "l:\n    - x\n    - a\n    - z\n    - e\n", "l:\n    - x\n    - b\n    - z\n", ["l"], id="lists at one place"),
        pytest.param(NAMED, NAMED.replace("v: 1", "v: 9"), NAMED.replace("v: 1", "v: 8"), ["l[0].v"], id="a named item"),
    ],
)  # fmt: skip
def test_what_stays_a_question(base: str, ours: str, theirs: str, where: list[str]) -> None:
    text, found = in_clear(base, ours, theirs)
    assert found == where
    assert text.count("<<<<<<< ours\n") == text.count("=======\n") == text.count(">>>>>>> theirs\n") == 1
