"""What the history has given away, as text and as data: with commands, without values."""

from __future__ import annotations

from sealward.git.versions import Moment
from sealward.history.exposed import Exposed, State
from sealward.history.readers import Reader
from sealward.references.syntax import parse
from sealward.report.history import Found, as_data, as_text, plan

LIVE = Exposed(
    sealed="s.enc.yaml",
    path="s.yaml",
    key_path="db.pass",
    first="a" * 40,
    last="b" * 40,
    state=State.LIVE,
    reference=None,
)
MOVED = LIVE._replace(key_path="k", state=State.MOVED, reference=parse("vault:secret/data/bot#key#7"))
READER = Reader(path="s.enc.yaml", recipient=("age", "age1x"), versions=2, total=5, committed="")
FOUND = Found(3, [LIVE, MOVED], [READER], {"a" * 40: Moment(1_700_000_000, "Ann")})


def test_text() -> None:
    lines = as_text(FOUND)
    assert lines[0].startswith(
        "s.yaml (now s.enc.yaml): db.pass stood in clear, from aaaaaaaaaa (2023-11-14, Ann) to bbbb"
    )
    assert "live: it is what is sealed today" in lines[0]
    assert "moved to Vault: secret/bot#key" in lines[1]
    assert "2 of 5 sealed versions" in lines[2]
    assert (
        "3 paths ever sealed: 2 values once in clear, 2 of them perhaps still in use; 1 reader too many"
        in lines
    )
    assert "  sealward rotate secret/bot key" in lines
    assert as_text(Found(0, [], [], {})) == [
        "0 paths ever sealed: 0 values once in clear, 0 of them perhaps still in use; 0 readers too many"
    ]


def test_data() -> None:
    data = as_data(FOUND)
    assert data["plan"] == plan([LIVE, MOVED])
    assert data["paths"] == 3
