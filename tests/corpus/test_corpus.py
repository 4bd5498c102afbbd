"""Zero findings on every good file, the right one on every defect, no traceback: some 12,000 verdicts."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.corpus.defects import COPIES, KINDS, Defect, defects_of, inert
from tests.corpus.good import build
from tests.corpus.judge import judge

if TYPE_CHECKING:
    from tests.corpus.sealed import Sealed

pytestmark = pytest.mark.slow
STORES = ("yaml", "json", "dotenv", "ini", "binary")


class Corpus:
    """The good files, and every defect by kind."""

    def __init__(self, good: list[Sealed], clear: list[Sealed]) -> None:
        self.good = good
        self.defects: dict[str, list[Defect]] = {}
        originals = [one for one in good if one.name.count("/") == 3]
        made = (defect for one in originals for defect in defects_of(one, Random(one.name)))
        for defect in (*made, *map(inert, clear)):
            self.defects.setdefault(defect.kind, []).append(defect)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Built once: everything is sealed by the sops program, for keys made just now."""
    return Corpus(*build(tmp_path_factory.mktemp("corpus")))


def test_is_large_enough(corpus: Corpus) -> None:
    stores = Counter(one.store for one in corpus.good)
    assert len(corpus.good) > 400
    assert all(stores[store] >= 25 for store in STORES), stores
    assert sum(map(len, corpus.defects.values())) > 10_000


@pytest.mark.parametrize("store", STORES)
def test_nothing_is_found_in_good_files(corpus: Corpus, store: str) -> None:
    good = [one for one in corpus.good if one.store == store]
    assert [(one.name, found) for one in good if (found := judge(one.path, one.data, one.rules))] == []


@pytest.mark.parametrize("kind", [*(kind.name for kind in KINDS), *COPIES, "inert-typo", "inert-not-re2"])
def test_every_defect_is_found(corpus: Corpus, kind: str) -> None:
    if kind.startswith("pgp") and kind not in corpus.defects:
        pytest.skip("no gpg here")
    missed = [
        (defect.path, defect.data, rules) for defect in corpus.defects[kind] if (rules := _missed(defect))
    ]
    assert missed == []


def _missed(defect: Defect) -> str:
    """What was found in place of what must be; empty where one of the right rules was among it."""
    found = judge(defect.path, defect.data, defect.configuration, defect.head, defect.beside)
    rules = {finding.rule for finding in found}
    return "" if rules & defect.rules else f"{sorted(rules)} for {sorted(defect.rules)}"


def test_an_unchanged_file_is_not_stale(corpus: Corpus) -> None:
    """Against itself in HEAD, and against its reformatted forms, nothing was changed behind the MAC."""
    by_name = {one.name: one for one in corpus.good}
    forms = [
        one for one in corpus.good if one.name.endswith(("/crlf", "/requoted", "/reindented", "/compact"))
    ]
    assert forms
    for form in forms:
        original = by_name[form.name.rpartition("/")[0]]
        assert judge(form.path, form.data, form.rules, original.data) == [], form.name
        assert judge(original.path, original.data, original.rules, original.data) == [], original.name
