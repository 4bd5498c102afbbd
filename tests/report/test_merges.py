"""What became of a merge: as lines and as data, without a value."""

from __future__ import annotations

from sealward.merging.in_git import Result
from sealward.merging.outcome import Clash, Merged
from sealward.merging.side import Refused
from sealward.report.merges import as_data, lines

CLASH = Clash("db.host", "both sides changed it", ("(str)", "vault:secret/data/a#k#7", "(absent)"))


def test_lines() -> None:
    merged = Merged(data=b"", clashes=(CLASH,), notes=("a: pin #9",))
    assert lines(Result("s.yaml", b"", merged)) == [
        "s.yaml: a: pin #9",
        (
            "s.yaml: conflict at db.host: both sides changed it (base (str), ours vault:secret/data/a#k#7,"
            " theirs (absent))"
        ),
        "s.yaml: settle it with `sealward merge --ours KEY` or `--theirs KEY`, or by hand",
    ]
    assert "fresh data key" not in lines(Result("s.yaml", b"", merged._replace(resealed=True)))[-1]
    assert "--continue" in lines(Result("s.yaml", b"", Merged(data=b"", closed=True)))[0]
    assert lines(Result("s.yaml", b"", None, Refused("why", "way"))) == ["not merged: why; way"]
    assert lines(Result("s.yaml", b"", Merged(data=b""))) == []


def test_data() -> None:
    merged = Merged(data=b"", clashes=(CLASH,))
    refused = Result("r.yaml", b"", None, Refused("why", "way"))
    data = as_data([Result("s.yaml", b"", merged), refused])
    files = data["files"]
    assert isinstance(files, list)
    assert [one["state"] for one in files] == ["conflict", "refused"]
    assert files[0]["conflicts"][0]["key"] == "db.host"
