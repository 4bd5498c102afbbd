"""Several rotations over one set of files; two operators at once; a run that the server ends."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from sealward.cli import main
from sealward.git import Repository
from sealward.rotation.batch import Batch
from sealward.rotation.policy.policy import find as find_policies
from sealward.rotation.targets import Chooser
from sealward.sealed.files import sealed_files
from sealward.sops.reading.identities import find
from sealward.vault.refusals import CheckAndSetMismatch
from tests.support.repo import Repo, make
from tests.support.rotations import Trio, under_way

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.openbao import Bao
    from tests.support.sops import Sealer


@pytest.fixture
def trio(repo: Repo, sealer: Sealer, bao: Bao) -> Trio:
    return Trio(repo, sealer, bao)


def test_one_that_fails_leaves_its_pin_and_the_others_go_on(trio: Trio) -> None:
    """All three are prepared together; then somebody else writes the second."""
    rotator = Rotator(trio, trio.repo.path.parent / "clone")
    rotator.prepare("one", "two", "three")
    trio.bao.put("bot/two", key="by somebody else")
    outcome = rotator.batch.run(rotator.ready)
    assert [plan.target.path for plan in outcome.done] == ["bot/one", "bot/three"]
    assert [target.path for target, _ in outcome.failed] == ["bot/two"]
    assert not outcome.is_cut_short


class Rotator:
    """An operator with a clone of their own, who rotates the secret ``one``."""

    def __init__(self, trio: Trio, folder: Path) -> None:
        self.trio, self.repository = trio, Repository(str(folder), "")
        self.git = make(folder).git
        self.git("pull", "--quiet", str(trio.repo.path), "main")

    def prepare(self, *names: str) -> None:
        client, identities = self.trio.bao.login(self.trio.bao.server.root_token), find()
        chooser = Chooser(client, find_policies(self.repository.top), self.repository.top)
        sealed = list(sealed_files(self.repository, identities))
        self.batch = Batch(client, identities, sealed, self.repository.uncommitted())
        secrets = [(self.trio.bao.mount, f"bot/{name}") for name in names or ("one",)]
        self.ready = self.batch.prepare([chooser.named(secret, ("key",), None) for secret in secrets])

    def pins(self) -> set[int | None]:
        sites = [site.reference for one in sealed_files(self.repository, find()) for site in one.sites]
        return {reference.version for reference in sites if reference.path == "bot/one"}


@pytest.mark.slow
def test_two_rotators(trio: Trio, tmp_path: Path) -> None:
    """Both read version N and prepare; then they run at once: one write wins, the other says so and changes
    nothing, turn after turn."""
    rotators = [Rotator(trio, tmp_path / name) for name in ("first", "second")]
    with ThreadPoolExecutor(2) as pool:
        for turn in range(1, 13):
            for rotator in rotators:
                rotator.prepare()
            outcomes = list(pool.map(lambda one: one.batch.run(one.ready), rotators))
            lost = [len(outcome.failed) for outcome in outcomes].index(1)
            loser, winner = rotators[lost], rotators[1 - lost]
            assert len(outcomes[1 - lost].done) == 1
            ((_, error),) = outcomes[lost].failed
            assert isinstance(error, CheckAndSetMismatch)
            assert "somebody else wrote it; we wrote nothing" in str(error)
            assert (loser.pins(), winner.pins()) == ({turn}, {turn + 1})
            assert loser.git("status", "--porcelain") == ""
            metadata = trio.bao.client.metadata(trio.bao.mount, "bot/one")
            assert (metadata.current, under_way(metadata.custom)) == (turn + 1, {})
            winner.git("commit", "--quiet", "--all", "--message", "turn")
            loser.git("pull", "--quiet", str(winner.repository.top), "main")


@pytest.mark.slow
def test_the_loser_of_a_race_takes_no_entry_of_the_winner_away(trio: Trio, tmp_path: Path) -> None:
    """The winner is killed right after its write; the loser has noted its own rotation before, and withdraws
    it: what the winner left is still found, and finished without a second secret."""
    loser = Rotator(trio, tmp_path / "loser")
    loser.prepare()
    killed = trio.rotate(f"{trio.bao.mount}/bot/one", "key", kill_at=4)
    assert killed.stdout == "killed at written\n"
    assert len(loser.batch.run(loser.ready).failed) == 1
    assert main(["rotate", "--resume"]) == 0
    assert trio.problems() == []
    assert trio.versions()["one"] == 2
