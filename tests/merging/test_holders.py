"""For whom a merged file is: an outsider gets nothing, whatever they write into a file (attackers
without a key)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from sealward.document import parse
from sealward.merging.holders import settle
from sealward.merging.side import Refused
from sealward.sops import program
from sealward.sops.format.creation_rules import groups_of, load
from sealward.sops.format.metadata import Metadata
from tests.support.merges import edited, merged
from tests.support.sops import new_identity

if TYPE_CHECKING:
    from pathlib import Path

    from sealward.sops.format.creation_rules import Rule
    from tests.support.sops import Sealer

PATH = "s.enc.yaml"
TEXT = "a: one\nb: two\nc: three\n"


@pytest.fixture
def mallory(tmp_path: Path) -> str:
    return new_identity(tmp_path, "mallory.txt")[0]


def rule(text: str) -> Rule:
    found = load(".sops.yaml", text.encode())
    assert found is not None
    made = found.rule_for(PATH)
    assert made is not None
    return made


def recipients(data: bytes) -> set[str]:
    block = parse(PATH, data).metadata
    assert block is not None
    return {name for group in groups_of(Metadata(block)) for _, name in group}


def test_an_outsiders_own_file_for_our_recipients_is_refused(sealer: Sealer, mallory: str) -> None:
    base = sealer.seal(PATH, TEXT)
    ours = edited(PATH, base, newsecret="value")
    theirs = sealer.seal(PATH, TEXT.replace("one", "theirs"), sealer.rules(mallory))
    for named in (None, rule(sealer.rules())):
        with pytest.raises(Refused, match=f"adds the recipient age {mallory}"):
            merged(base, ours, theirs, rule=named)
        with pytest.raises(Refused, match="adds the recipient"):
            merged(None, ours, theirs, rule=named)


def forged(data: bytes, mallory: str) -> bytes:
    """Alice's wrapped key, under another name besides."""
    text = data.decode()
    stanza = re.search(r"        - recipient: \S+\n          enc: \|\n(?:            .*\n)+", text)
    assert stanza is not None
    return text.replace(stanza[0], stanza[0] + re.sub(r"age1\w+", mallory, stanza[0]), 1).encode()


def test_a_forged_stanza_is_refused_on_either_side(sealer: Sealer, mallory: str) -> None:
    base = sealer.seal(PATH, TEXT)
    ours, theirs = edited(PATH, base, a="ours"), edited(PATH, base, b="theirs")
    for one, other in ((ours, forged(theirs, mallory)), (forged(ours, mallory), theirs)):
        with pytest.raises(Refused, match="one wrapped data key under two recipients"):
            merged(base, one, other, rule=rule(sealer.rules(mallory)))


def test_a_selector_that_theirs_weakens_seals_nothing_in_clear(sealer: Sealer) -> None:
    base = sealer.seal(PATH, TEXT)
    ours = edited(PATH, base, newsecret="value")
    weak = sealer.rules() + "    encrypted_regex: ^a$\n"
    theirs = sealer.seal(PATH, TEXT, weak)
    with pytest.raises(Refused, match="changes which values are encrypted"):
        merged(base, ours, theirs, rule=rule(sealer.rules()))
    assert b"newsecret: value" in merged(base, ours, theirs, rule=rule(weak)).data


def test_a_comment_of_theirs_does_not_bring_a_value_of_ours_into_clear(sealer: Sealer) -> None:
    rules = sealer.rules() + "    unencrypted_comment_regex: public\n"
    base = sealer.seal(PATH, TEXT, rules)
    ours = edited(PATH, base, a="ours-value")
    theirs = sealer.seal(PATH, "# public\n" + TEXT.replace("two", "other"), rules)
    try:
        data = merged(base, ours, theirs, rule=rule(rules)).data
    except Exception as error:
        data = str(error).encode()
    assert b"ours-value" not in data


def test_a_recipient_that_the_rule_of_head_names_is_wrapped_for(sealer: Sealer, mallory: str) -> None:
    base = sealer.seal(PATH, TEXT)
    ours = edited(PATH, base, a="ours")
    theirs = edited(PATH, program.update_keys(PATH, base, sealer.rules(mallory).encode()), b="theirs")
    result = merged(base, ours, theirs, rule=rule(sealer.rules(mallory)))
    assert result.is_clean
    assert recipients(result.data) == {sealer.recipient, mallory}
    assert sealer.opened(PATH, result.data) == "a: ours\nb: theirs\nc: three\n"
    left = merged(base, ours, theirs, choices=(("recipients", "ours"),))
    assert recipients(left.data) == {sealer.recipient}
    assert recipients(merged(base, ours, theirs, trusted=True).data) == {sealer.recipient, mallory}


def test_who_was_removed_on_one_side_stays_removed(sealer: Sealer, mallory: str) -> None:
    base = sealer.seal(PATH, TEXT, sealer.rules(mallory))
    ours = edited(PATH, base, a="ours")
    removed = program.update_keys(PATH, base, sealer.rules().encode())
    theirs = program.rotate_data_key(PATH, edited(PATH, removed, b="theirs"))
    for one, other in ((ours, theirs), (theirs, ours)):
        result = merged(base, one, other)
        assert result.is_clean
        assert result.resealed
        assert recipients(result.data) == {sealer.recipient}
        assert sealer.opened(PATH, result.data) == "a: ours\nb: theirs\nc: three\n"


def test_nobody_is_left(sealer: Sealer, mallory: str) -> None:
    base = sealer.seal(PATH, TEXT, sealer.rules(mallory))
    alone = (
        f"creation_rules:\n  - age: {mallory}\n",
        sealer.rules(),
    )
    ours, theirs = (program.update_keys(PATH, base, one.encode()) for one in alone)
    blocks = [parse(PATH, data).metadata for data in (base, ours, theirs)]
    metadata = [Metadata(block) for block in blocks if block is not None]
    with pytest.raises(Refused, match="nobody would be left"):
        settle(PATH, metadata[0], metadata[1], metadata[2], None)
