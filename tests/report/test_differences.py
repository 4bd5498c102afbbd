"""Differences as text, as Markdown and as data."""

from __future__ import annotations

from sealward.differences.compare import Change, Difference
from sealward.report.differences import as_data, as_markdown, as_text

FOUND = [
    Difference(
        "a.yaml", (Change("pin", "db.key", "7", "8"), Change("added", "x", "", "<str, 5 bytes, ~ab>")), True
    ),
    Difference(
        "b|<img src=x>.yaml",
        (Change("recipient +", "", "", "age age1x"), Change("changed", "`k`|", "y", "z")),
        False,
    ),
]


def test_text() -> None:
    assert as_text(FOUND)[:3] == ["a.yaml", "  ~ db.key: pin 7 → 8", "  + x: <str, 5 bytes, ~ab>"]
    assert as_text(FOUND)[3].endswith("(no key at hand: ciphertexts were compared)")
    assert as_text([]) == ["no sealed file differs"]


def test_what_a_repository_calls_its_keys_is_text_in_markdown() -> None:
    text = "\n".join(as_markdown(FOUND))
    assert "| pin | db.key | 7 | 8 |" in text
    assert "<img" not in text
    assert "&lt;img" in text
    assert "\\`k\\`\\|" in text
    assert as_markdown([]) == ["No sealed file differs."]


def test_data() -> None:
    files = as_data(FOUND)["files"]
    assert isinstance(files, list)
    assert [one["compared"] for one in files] == ["values", "ciphertexts"]
