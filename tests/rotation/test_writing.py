"""Pins in every YAML document: set by the sops program, and nothing else is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sealward.document import parse
from sealward.errors import SealwardError
from sealward.plaintext import Plaintext
from sealward.rotation.writing import split, written
from sealward.sealed.files import open_sealed
from sealward.sops.reading.identities import find

if TYPE_CHECKING:
    from pathlib import Path

    from sealward.sealed.files import Sealed
    from tests.support.sops import Sealer

OLD, NEW = "vault:secret/data/bot/x#k#1", "vault:secret/data/bot/x#k#2"


def opened(sealer: Sealer, folder: Path, text: str, name: str = "s.enc.yaml") -> Sealed:
    data = sealer.seal(name, text)
    return open_sealed(name, folder / name, data, find())


def pinned_anew(sealer: Sealer, folder: Path, text: str) -> tuple[Sealed, bytes]:
    sealed = opened(sealer, folder, text)
    wanted = {site.leaf: Plaintext(NEW.encode()) for site in sealed.sites}
    return sealed, written(sealed, wanted, alone=False)


DOCUMENTS = {
    "second": f"a: 1\n---\nb: {OLD}\n",
    "both": f"a: {OLD}\n---\nb: {OLD}\n",
    "third, comments": f"# one\na: text\n---\n# two\nb: x # why\n---\nc:\n  - 1\n  - {{d: {OLD}}}\n",
    "a marker within a text": f"a: |\n  ---\n  b\n---\nb: {OLD}\n",
    "numbers alone before": f"port: 5432\nflag: true\n---\nb: {OLD}\n",
    "a marker at the beginning": f"---\n# head\na: x\n---\nb: {OLD}\n",
    "twice in one document": f"a: x\n---\nb: {OLD}\nc: {OLD}\n",
    "the same keys in each": f"kind: Secret\na: {OLD}\n---\nkind: Secret\na: {OLD}\n---\nkind: Secret\na: {OLD}\n",
}


@pytest.mark.parametrize("text", DOCUMENTS.values(), ids=list(DOCUMENTS))
def test_a_pin_of_any_yaml_document_is_set_and_all_else_stays(
    text: str, sealer: Sealer, tmp_path: Path
) -> None:
    before, after = pinned_anew(sealer, tmp_path, text)
    assert sealer.opened("s.enc.yaml", after, "yaml") == sealer.opened(
        "s.enc.yaml", before.data, "yaml"
    ).replace(OLD, NEW)
    moved = {(site.leaf.part, site.leaf.path) for site in before.sites}
    leaves = parse("s.enc.yaml", after).leaves
    for old, new in zip(before.document.leaves, leaves, strict=True):
        touched = (old.part, old.path) in moved or (old.part == 0 and "type:str" not in old.text)
        touched |= old.path == ("kind",)  # sops gives one text under one key path one ciphertext
        assert old.text == new.text or touched, old.path


VALUE = st.sampled_from([OLD, f"${{{OLD}}}", "text", "--- x", "'#'", "5", "true", "multi\n---\nline", "é"])
DOCUMENT = st.dictionaries(
    st.sampled_from(["a", "b c", "d.e", "f#", "ü", "-"]), VALUE, min_size=1, max_size=3
)


@given(documents=st.lists(DOCUMENT, min_size=1, max_size=4))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_documents_hold_only_pins_differ(
    documents: list[dict[str, str]], sealer: Sealer, tmp_path: Path
) -> None:
    import yaml

    from sealward.references.syntax import repin

    text = "---\n".join(yaml.safe_dump(one, allow_unicode=True) for one in documents)
    sealed = opened(sealer, tmp_path, text)
    wanted = {
        site.leaf: Plaintext(repin(site.text.text(), ("secret", "bot/x"), 2).encode())
        for site in sealed.sites
    }
    after = written(sealed, wanted, alone=False)
    found = list(yaml.safe_load_all(sealer.opened("s.enc.yaml", after, "yaml")))
    assert found == [{key: value.replace("#1", "#2") for key, value in one.items()} for one in documents]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("s.enc.yaml", f"'[0]': {OLD}\n", r"\[0\]: one of its keys has a `\["),
        ("s.enc.yaml", f"a:\n  'b[c]': {OLD}\n", r"a\.b\[c\]"),
        ("s.enc.yaml", f"a: null\n---\nb: {OLD}\n", "b stands in a further YAML document"),
        ("s.enc.env", f"A={OLD}\nB=1\nA={OLD}\n", r"A occurs twice \(lines 1, 3\)"),
    ],
)
def test_what_sops_cannot_set_is_named(
    name: str, text: str, said: str, sealer: Sealer, tmp_path: Path
) -> None:
    sealed = opened(sealer, tmp_path, text, name)
    with pytest.raises(SealwardError, match=said):
        written(sealed, {site.leaf: Plaintext(NEW.encode()) for site in sealed.sites}, alone=False)


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\n",
        "a: 1\n---\nb: 2\n",
        "--- # x\na: 1\n---\nb: 2\n",
        "# c\n---\na: |\n  ---\n--- \nb: 1\n---",
        "%YAML 1.1\n---\na: 1\n",
    ],
)
def test_documents_are_split_where_yaml_does(text: str) -> None:
    parts = split(text.encode())
    assert b"".join(parts) == text.encode()
    assert len(parts) == len(parse("a.yaml", text.encode()).parts)
