"""Files that are not sealed: every secret among them is found, and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sealward.cli import main
from tests.corpus import plain

if TYPE_CHECKING:
    from tests.corpus.plain import Plain
    from tests.support.repo import Repo


@pytest.mark.parametrize("made", [plain.secrets, plain.harmless])
def test_secrets_are_found_and_nothing_else(
    repo: Repo, capsys: pytest.CaptureFixture[str], made: object
) -> None:
    assert callable(made)
    cases: list[Plain] = made()
    repo.commit({f"{one.kind.replace(' ', '-')}/{one.name}": one.data for one in cases})
    main(["check", "--all", "--format", "json"])
    found = {one["path"] for one in json.loads(capsys.readouterr().out)["findings"]}
    wanted = {f"{one.kind.replace(' ', '-')}/{one.name}" for one in cases if one.secret}
    assert len(cases) > 250
    assert sorted(wanted - found) == [], sorted(wanted - found)
    assert sorted(found - wanted) == [], sorted(found - wanted)
