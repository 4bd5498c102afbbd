"""What the commit of a rotation says. Commits themselves are in tests/commands/test_rotate_preconditions.py."""

from __future__ import annotations

from sealward.rotation.committing import Change, Commit, changes_in, kept_out


def test_trailers_survive_any_name() -> None:
    odd = [Change("kv/a b#c%", "k#\nSealward-Rotated: x#y 1 -> 2", 1, 2), Change("kv/ü", "\udcff", 7, 8)]
    text = "Rotate\n\n" + "\n".join(map(str, odd))
    assert changes_in(text) == odd
    assert str(Change("secret/bot/binance", "api_key", 7, 8)) == (
        "Sealward-Rotated: secret/bot/binance#api_key 7 -> 8"
    )


def test_other_lines_are_passed_over() -> None:
    assert changes_in("x\n\nSealward-Rotated: nonsense\nSealward-Rotated: a#b 1 -> x\n") == []


def test_what_was_kept_out_is_named() -> None:
    assert "a.yaml, b.yaml" in str(kept_out(Commit("", "", (), ("a.yaml", "b.yaml"))))
