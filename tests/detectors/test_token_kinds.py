"""Every kind of token: found where it stands, and none of its harmless twins."""

from __future__ import annotations

import random
import re
import string
from pathlib import Path
from zlib import crc32

import pytest

from sealward.detectors.tokens import KINDS, automata, beside
from sealward.detectors.tokens.search import tokens_in
from tests.support.literals import _ALPHABETS, expand

DRAWN = re.compile(r"%(b62|b64u|b36|B36|b32|B32|B32A|hex|d|az):(\d+)%")
ROWS = [line.split("\t") for line in (Path(__file__).parent / "tokens.txt").read_text().splitlines()]
BY_SHAPE = {kind.name for kind in KINDS if kind.proof == "shape"}
LONG = 16


def kinds_in(text: str) -> set[str]:
    return {name for name, _ in tokens_in(text)}


def with_each(recipe: str, fill: str) -> str:
    """The recipe with long random parts replaced by repetitions of a text."""
    return DRAWN.sub(lambda part: (fill * 99)[: int(part[2])] if int(part[2]) >= LONG else part[0], recipe)


def resized(recipe: str, by: int) -> str:
    """The recipe whose longest random part has another size."""
    longest = max(DRAWN.finditer(recipe), key=lambda part: int(part[2]))
    return f"{recipe[: longest.start()]}%{longest[1]}:{int(longest[2]) + by}%{recipe[longest.end() :]}"


def test_every_kind_has_a_row() -> None:
    without = {"a private key", "a login"}
    assert {kind.name for kind in KINDS} - without == {name for name, _ in ROWS}
    assert len({kind.name for kind in KINDS}) + len(beside.issuers()) > 400


def test_it_is_found() -> None:
    for name, recipe in ROWS:
        text = expand(recipe, seed=1)
        assert name in kinds_in(text), recipe
        assert any(automaton.search(text.encode()) for automaton in automata()), recipe


@pytest.mark.parametrize("fill", ["a", "A", "1", "sample", "Sample", "x", "your-token-", "0123456789"])
def test_its_twins_are_harmless(fill: str) -> None:
    """Repeated characters, repeated words, placeholders and digits in order."""
    for name, recipe in ROWS:
        drawn = any(int(part[2]) >= LONG for part in DRAWN.finditer(recipe)) and name not in BY_SHAPE
        if drawn and (name, fill) != ("an Azure DevOps token", "A"):
            assert name not in kinds_in(expand(with_each(recipe, fill), 1)), recipe


def test_its_length_is_right() -> None:
    for name, recipe in ROWS:
        if not recipe.startswith("xox"):  # of these there are many lengths
            assert name not in kinds_in(expand(resized(recipe, -2), 1)), recipe


def drawn(shape: str, seed: int) -> str:
    """A text of a shape as the table beside keys writes it."""
    draw = random.Random(seed)
    alphabets = {"h": "hex", "w": "b62", "u": "b64u", "b": "b62", "p": "b62", "q": "b62", "d": "d"}

    def make(step: re.Match[str]) -> str:
        if step[1]:
            return expand("%hex:8%-%hex:4%-%hex:4%-%hex:4%-%hex:12%", seed)
        if not step[2]:
            return step[0]
        return "".join(draw.choice(_ALPHABETS[alphabets[step[2]]]) for _ in range(int(step[3])))

    return beside._STEP.sub(make, shape)


BESIDE = [(word, shape) for _, words, shapes in beside._rows() for word in words for shape in shapes.split()]


def joined(word: str, rest: str) -> str:
    """A key's name: the word of an issuer, and what else it says."""
    return f"{word.strip('_')}_{rest}"


@pytest.mark.parametrize("line", ["{}_API_KEY={}", '"{}_secret": "{}"', "{}-token = '{}'"])
def test_a_token_beside_its_issuers_name(line: str) -> None:
    for word, shape in BESIDE:
        text = line.format(word.strip("_"), drawn(shape, 3))
        assert kinds_in(text), text


@pytest.mark.parametrize("rest", ["cache_key", "token_id", "digest", "public_key", "api_key_name"])
def test_another_key_is_harmless(rest: str) -> None:
    for word, shape in BESIDE:
        line = f"{joined(word, rest)}: {drawn(shape, 3)}"
        assert not any(name.endswith(" key") for name in kinds_in(line)), line


@pytest.mark.parametrize("fill", ["a", "A", "1", "Sample", "your-token-", "${TOKEN}", "x"])
def test_what_nobody_drew_is_harmless_beside_it(fill: str) -> None:
    for word, shape in BESIDE:
        line = f"{joined(word, 'api_key')}: {(fill * 99)[: len(drawn(shape, 3))]}"
        assert not kinds_in(line), line


def test_another_length_is_harmless_beside_it() -> None:
    for word, shape in BESIDE:
        assert not kinds_in(f"{joined(word, 'api_key')}: {drawn(shape, 3)}{drawn('w400', 2)}")


def checksum(body: str) -> str:
    """Six digits of base 62: the CRC-32 of what stands before, as GitHub and npm compute it."""
    digits = string.digits + string.ascii_uppercase + string.ascii_lowercase
    number, text = crc32(body.encode()), ""
    for _ in range(6):
        number, rest = divmod(number, 62)
        text = digits[rest] + text
    return text


@pytest.mark.parametrize("prefix", ["ghp_", "gho_", "ghu_", "ghs_", "npm_"])
def test_a_checksum_decides(prefix: str) -> None:
    """A right one makes a token of anything; with a wrong one, what was not plainly drawn is harmless."""
    for body in ("a" * 30, expand("%hex:30%", 2), expand("%b36:30%", 2), expand("%b62:30%", 2)):
        assert kinds_in(f"{prefix}{body}{checksum(body)}")
    for body in ("a" * 36, expand("%hex:36%", 2), expand("%HEX:36%", 2), expand("%b36:36%", 2)):
        assert not kinds_in(f"{prefix}{body}")


def test_the_page_lists_them_all() -> None:
    _, shapes, keys = (Path(__file__).parents[2] / "docs" / "tokens.md").read_text().split("\n## ")
    listed = [
        part.strip().removesuffix(".")
        for text in (shapes, keys)
        for part in text.split("\n\n")
        if ", " in part
    ]
    names = sorted({kind.name.split(" ", 1)[1] for kind in KINDS}, key=str.lower)
    assert ", ".join(names) in [" ".join(one.split()) for one in listed]
    assert ", ".join(sorted(beside.issuers(), key=str.lower)) in [" ".join(one.split()) for one in listed]
