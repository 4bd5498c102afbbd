"""What holds for every store: choosing it, the bytes, the bounds; never an exception."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sealward.document import MAX_BYTES, dotted, parse, store_of
from tests.support.examples import expand

SEALED = expand("password: ENC[…]\nsops: …\n")
SEALED_JSON = expand('{"password": "ENC[…]", "sops": …}')


@pytest.mark.parametrize(
    ("path", "store"),
    [
        ("a.yaml", "yaml"),
        ("a.yml", "yaml"),
        ("a.json", "json"),
        (".env", "dotenv"),
        ("prod.env", "dotenv"),
        ("a.ini", "ini"),
        ("a.YAML", "binary"),
        ("key.pem", "binary"),
        ("yaml", "binary"),
    ],
)
def test_the_suffix_chooses_the_store_as_in_sops(path: str, store: str) -> None:
    assert store_of(path) == store


@pytest.mark.parametrize(
    ("path", "data", "rule", "line"),
    [
        ("a.yaml", b"a: \xff\n", "invalid-syntax", 1),
        ("a.json", b'{"a":\n "\xff"}', "invalid-syntax", 2),
        ("a.yaml", b"a: b\x00c\n", "invalid-syntax", 1),
        ("a.yaml", b"a: [1,\nb: 2\n", "invalid-syntax", 3),
        ("a.yaml", b"a:\n\t- b\n", "invalid-syntax", 2),
        ("a.yaml", b"a: b\n<<<<<<< HEAD\nc: 1\n=======\nc: 2\n>>>>>>> x\n", "conflict-markers", 2),
        ("a.env", b"A=1\n<<<<<<< HEAD\nB=1\n=======\nB=2\n>>>>>>> x\n", "conflict-markers", 2),
        ("a.json", b'{\n<<<<<<< HEAD\n"a": 1\n=======\n"a": 2\n>>>>>>> x\n}', "conflict-markers", 2),
        ("a.ini", b"[a]\n<<<<<<< HEAD\nb = 1\n=======\nb = 2\n>>>>>>> x\n", "conflict-markers", 2),
        ("a.env", b"no assignment\n", "invalid-syntax", 1),
        ("a.json", b"[1]", "invalid-syntax", 1),
        ("a.json", b'{"a": 1} x', "hidden-plaintext", 1),
        ("a.json", b'{"a": 1,\n "a": 2}', "duplicate-key", 2),
        ("a.yaml", b"a: 1\nb: 2\na: 3\n", "duplicate-key", 3),
        ("a.yaml", b"x:\n  a: 1\n  a: 3\n", "duplicate-key", 3),
        ("a.yaml", b"a: 1\n---\nb: 1\nb: 2\n", "duplicate-key", 4),
        ("a.env", b"A=1\nA=1\n", "duplicate-key", 2),
        ("a.yaml", b"[" * 300 + b"]" * 300, "invalid-syntax", 1),
        ("a.json", b'{"a":' * 300 + b"1" + b"}" * 300, "invalid-syntax", 1),
    ],
)
def test_what_is_wrong_with_a_text(path: str, data: bytes, rule: str, line: int) -> None:
    problems = parse(path, data).problems
    assert [(problem.rule, problem.line) for problem in problems][:1] == [(rule, line)]


@pytest.mark.parametrize(
    "text",
    [
        "a: |\n  <<<<<<< not at the start of a line\n",
        "a: 1\nb:\n  a: 2\n",
        "a: 1\n---\na: 2\n",
        "a: {}\nb: []\n",
        "",
        "# only a comment\n",
        "---\n...\n---\n",
    ],
)
def test_nothing_is_wrong_with_a_text(text: str) -> None:
    assert parse("a.yaml", text.encode()).problems == ()


@pytest.mark.parametrize("depth", [64, 150])
def test_deep_nesting_is_read(depth: int) -> None:
    text = "".join("  " * level + "a:\n" for level in range(depth)) + "  " * depth + "a: end\n"
    leaves = parse("a.yaml", text.encode()).leaves
    assert [(leaf.path, leaf.line) for leaf in leaves] == [(("a",) * (depth + 1), depth + 1)]
    nested = json.dumps({"a": json.loads('{"a":' * depth + "1" + "}" * depth)}).encode()
    assert [leaf.path for leaf in parse("a.json", nested).leaves] == [("a",) * (depth + 1)]


@pytest.mark.parametrize("prefix", ["\ufeff", ""])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_byte_order_mark_and_crlf_change_nothing(prefix: str, newline: str) -> None:
    text = (prefix + SEALED.replace("\n", newline)).encode()
    plain = parse("a.yaml", SEALED.encode())
    document = parse("a.yaml", text)
    assert document.problems == ()
    assert [leaf[:3] for leaf in document.leaves] == [leaf[:3] for leaf in plain.leaves]


def test_an_alias_bomb_is_refused_in_no_time() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    start = time.process_time()
    problems = parse("bomb.yaml", "\n".join(lines).encode()).problems
    assert [problem.message for problem in problems] == ["aliases expand without bound (alias bomb)"]
    assert time.process_time() - start < 5, "bounded: unfolded it would be 10^12 values"


def test_an_alias_is_read_where_it_stands() -> None:
    document = parse("a.yaml", b"a: &x {k: v}\nb: *x\nc: [*x]\n")
    assert [dotted(leaf.path) for leaf in document.leaves] == ["a.k", "b.k", "c[0].k"]


@pytest.mark.parametrize("path", ["a.yaml", "a.json", "a.env", "a.ini", "a.bin"])
def test_a_file_above_the_limit_is_not_read(path: str) -> None:
    document = parse(path, b" " * (MAX_BYTES + 1))
    assert [problem.rule for problem in document.problems] == ["invalid-syntax"]
    assert document.leaves == ()


@pytest.mark.parametrize(
    ("path", "text", "store"),
    [
        ("secrets.yaml.enc", SEALED, "yaml"),
        ("key.pem", SEALED_JSON.replace('"password"', '"data"'), "binary"),
        ("notes.md", SEALED.replace("\n", "\n\n# heading\n"), "yaml"),
        ("notes.txt", "the file says ENC[AES256_GCM,data:…] and sops: …", "binary"),
        ("code.py", "x = {'sops': {'mac': 1}}", "binary"),
    ],
)
def test_other_names_are_read_as_what_they_hold(path: str, text: str, store: str) -> None:
    document = parse(path, text.encode())
    assert document.store == store
    assert bool(document.metadata) == (store != "binary" or path == "key.pem")


@given(
    st.sampled_from(["a.yaml", "a.json", "a.env", "a.ini", "a.bin"]),
    st.one_of(
        st.binary(max_size=300),
        st.text(alphabet=st.sampled_from("{}[]\":,-?&*!|>#%@ \n\t\r\0\ufeffab1.~<=;'\\"), max_size=120).map(
            str.encode
        ),
        st.tuples(st.integers(0, len(SEALED)), st.binary(max_size=6), st.integers(0, 40)).map(
            lambda cut: SEALED.encode()[: cut[0]] + cut[1] + SEALED.encode()[cut[0] + cut[2] :]
        ),
    ),
)
@example("a.yaml", b"? [a, b]\n: c\n")
@example("a.yaml", b"*x")
@example("a.yaml", b"%YAML 9.9\n---\na")
@example("a.yaml", b"!!binary x")
@settings(deadline=None, max_examples=300)
def test_parse_never_raises(path: str, data: bytes) -> None:
    document = parse(path, data)
    for leaf in document.leaves:
        assert leaf.line >= 1
        assert leaf.column >= 1
