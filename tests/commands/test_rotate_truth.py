"""What a rotation says is so: every pin that moves resolves, a key counts as renewed only where its value is
another one, and what was asked is done, whatever an earlier run or a person left."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from sealward.cli import main
from sealward.git import Repository
from sealward.rotation import steps
from sealward.sealed.files import sealed_files
from sealward.sops.reading.identities import find
from sealward.times import seconds_of
from tests.support.listener import listening
from tests.support.rotations import under_way

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

WEEK = 7 * 86400


class Killed(BaseException):
    """What the run dies of: nothing catches it."""


class World:
    """One secret, ``app``, and files that pin its keys at some versions."""

    def __init__(self, repo: Repo, sealer: Sealer, bao: Bao, capsys: pytest.CaptureFixture[str]) -> None:
        self.repo, self.sealer, self.bao, self.capsys = repo, sealer, bao, capsys
        self.secret = f"{bao.mount}/app"
        repo.commit({".sops.yaml": sealer.rules()})

    def pin(self, name: str = "s.enc.yaml", policy: str = "", **keys: int) -> None:
        """Commit a file that pins these keys, and a policy with further settings."""
        text = "".join(f"{key}: vault:{self.bao.mount}/data/app#{key}#{at}\n" for key, at in keys.items())
        files: dict[str, str | bytes] = {name: self.sealer.seal(name, text)}
        if policy:
            head = f"policies:\n  p:\n    paths: [{self.bao.mount}/*]\n    every: 7d\n"
            files["vault/rotation.yaml"] = head + "".join(f"    {line}\n" for line in policy.splitlines())
        self.repo.commit(files)

    def commit(self) -> None:
        self.repo.git("commit", "--quiet", "--all", "--message", "pins")

    def pins(self, name: str = "s.enc.yaml") -> dict[str, int | None]:
        with Repository(str(self.repo.path), "") as repository:
            [one] = [one for one in sealed_files(repository, find()) if one.path == name]
            return {site.reference.key: site.reference.version for site in one.sites}

    def rotate(self, *arguments: str, now: float = 0.0, at: str = "") -> int:
        """Run it, from a day or a clock that is handed in; killed at a step, if one is named."""
        more: dict[str, Any] = {"now": lambda: now} if now else {}
        with pytest.MonkeyPatch.context() as patch:

            def checkpoint(step: str) -> None:
                if step == at:
                    raise Killed

            patch.setattr(steps, "checkpoint", checkpoint)
            try:
                return main(["rotate", *arguments], **more)
            except Killed:
                return -9

    def told(self) -> tuple[str, str]:
        found = self.capsys.readouterr()
        return found.out, found.err

    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.capsys.readouterr().out)
        return found

    def custom(self) -> dict[str, str]:
        return under_way(self.bao.client.metadata(self.bao.mount, "app").custom)

    def current(self) -> int:
        return self.bao.client.metadata(self.bao.mount, "app").current

    def put(self, **values: str) -> int:
        """Write a version with these keys alone: ``bao kv put``."""
        self.bao.client.post(f"{self.bao.mount}/data/app", data=values)
        return self.current()

    def written(self, version: int) -> float:
        found = self.bao.client.metadata(self.bao.mount, "app").versions[version]
        return seconds_of(found.created) or 0.0

    def feed(self, data: bytes) -> None:
        """What the next run reads from its standard input."""
        import io

        self.patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    patch: pytest.MonkeyPatch


@pytest.fixture
def world(
    repo: Repo, sealer: Sealer, bao: Bao, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> World:
    made = World(repo, sealer, bao, capsys)
    made.patch = monkeypatch
    return made


def wait_a_second() -> None:
    """Ages are told by the second."""
    time.sleep(1.05)


# --- every pin that moves resolves


@pytest.mark.parametrize("how", ["by hand", "due", "dry run"])
def test_no_pin_moves_to_a_version_that_lacks_its_key(world: World, how: str) -> None:
    """Somebody wrote ``put`` where ``patch`` was meant: the newest version has lost a key that files pin."""
    world.bao.put("app", api="OLD", pass_="P")
    world.pin("s.enc.yaml", "keys: [api]", api=1, pass_=1)
    world.put(api="HUMAN")
    arguments = {
        "by hand": [world.secret, "api"],
        "due": ["--due", "--yes"],
        "dry run": ["--all", "--dry-run"],
    }[how]
    assert world.rotate(*arguments, now=world.written(1) + WEEK) == 2
    assert "version 2 of" in (error := world.told()[1])
    assert "has no key pass_" in error
    assert error.count("\n") == 1
    assert world.pins() == {"api": 1, "pass_": 1}
    assert world.current() == 2, "nothing was written"


def test_a_lost_key_that_nobody_refers_to_is_nobodys_business(world: World) -> None:
    world.bao.put("app", api="OLD", other="x")
    world.pin(api=1)
    world.put(api="HUMAN")
    assert world.rotate(world.secret, "api") == 0
    assert world.pins() == {"api": 3}


def test_a_lost_key_stops_its_secret_alone(world: World) -> None:
    world.bao.put("app", api="OLD", pass_="P")
    world.bao.put("fine", k="OLD")
    world.pin("s.enc.yaml", "generator: uuid", api=1, pass_=1)
    name = "t.enc.yaml"
    text = f"k: vault:{world.bao.mount}/data/fine#k#1\n"
    world.repo.commit({name: world.sealer.seal(name, text)})
    world.put(api="HUMAN")
    assert world.rotate("--all", "--yes") == 2
    assert world.pins() == {"api": 1, "pass_": 1}
    assert world.pins(name) == {"k": 2}


@pytest.mark.parametrize(
    ("options", "status"), [(["--yes"], 2), ([], 2), (["--yes", "--accept-changed-keys"], 0)]
)
def test_a_sibling_that_somebody_changed_is_asked_for(world: World, options: list[str], status: int) -> None:
    """A person prepared another key for a later day: the pins of both would move there."""
    world.bao.put("app", api="OLD", pass_="P")
    world.pin(api=1, pass_=1)
    world.bao.put("app", pass_="FUTURE")
    assert world.rotate(world.secret, "api", *options) == status
    out, error = world.told()
    if status:
        assert "changes a value that was not asked for: pass_ (version 2)" in error
        assert "--accept-changed-keys" in error
        assert (world.pins(), world.current()) == ({"api": 1, "pass_": 1}, 2)
    else:
        assert "changes  pass_, too: version 2 holds another value than version 1" in out
        assert world.pins() == {"api": 3, "pass_": 3}


def test_the_dry_run_and_its_json_name_a_changed_sibling(world: World) -> None:
    world.bao.put("app", api="OLD", pass_="P")
    world.pin(api=1, pass_=1)
    world.bao.put("app", pass_="FUTURE")
    assert world.rotate(world.secret, "api", "--dry-run") == 0
    assert "changes  pass_, too" in world.told()[0]
    assert world.rotate(world.secret, "api", "--dry-run", "--format", "json") == 0
    [one] = world.json()["rotated"]
    assert one["changed_keys"] == [{"key": "pass_", "from": 1, "since": 2}]
    assert world.rotate(world.secret, "api", "--dry-run", "--yes") == 2, "a job would be refused"


@pytest.mark.parametrize("value", ["P", "SAME AGAIN"])
def test_a_sibling_that_is_as_it_was_pinned_moves_silently(world: World, value: str) -> None:
    """Also where it was changed and changed back."""
    world.bao.put("app", api="OLD", pass_="P")
    world.pin(api=1, pass_=1)
    if value != "P":
        world.bao.put("app", pass_=value)
    world.bao.put("app", pass_="P", unrelated="x")
    assert world.rotate(world.secret, "api", "--yes") == 0
    assert "changes" not in world.told()[0]


# --- what was rejected is never pinned


def test_a_rejected_value_that_a_later_version_carries_on_is_not_pinned(world: World) -> None:
    """A person patched another key on top of a version whose ``k`` failed its verification."""
    code = "import json, sys; sys.exit('k' in json.load(sys.stdin)['keys'])"
    world.bao.put("app", k="GOOD", j="J")
    world.pin("s.enc.yaml", f"verify: [{sys.executable}, -c, {json.dumps(code)}]", k=1, j=1)
    world.bao.put("app", k="BAD")
    world.bao.client.annotate(world.bao.mount, "app", {"sealward-rejected": "2 after 1: k"})
    world.bao.put("app", unrelated="x")
    assert world.bao.get("app", 3)["k"] == "BAD"
    world.told()
    assert world.rotate(world.secret, "j", "--yes") == 0
    assert "restores k from version 1" in world.told()[0]
    assert world.pins() == {"k": 4, "j": 4}
    held = world.bao.get("app", 4)
    assert (held["k"], held["unrelated"]) == ("GOOD", "x")


def test_what_was_rejected_is_not_adopted_either(world: World) -> None:
    code = "import json, sys; sys.exit(json.load(sys.stdin)['values']['k'] == 'BAD')"
    world.bao.put("app", k="GOOD", j="J")
    world.pin("s.enc.yaml", f"keys: [k]\nverify: [{sys.executable}, -c, {json.dumps(code)}]", k=1, j=1)
    wait_a_second()
    world.bao.put("app", k="BAD")
    now = world.written(1) + WEEK
    assert world.rotate("--due", "--yes", now=now) == 2
    world.bao.put("app", unrelated="x")
    assert world.rotate("--due", "--yes", now=now) == 0
    assert world.pins() == {"k": 4, "j": 4}
    assert world.bao.get("app")["k"] not in ("BAD", "GOOD")


def test_a_value_that_a_person_gave_after_a_rejection_is_theirs(world: World) -> None:
    """The harmless twin: the rejected value is gone, nothing is restored."""
    code = "import json, sys; sys.exit('k' in json.load(sys.stdin)['keys'])"
    world.bao.put("app", k="GOOD", j="J")
    world.pin("s.enc.yaml", f"verify: [{sys.executable}, -c, {json.dumps(code)}]", k=1, j=1)
    assert world.rotate(world.secret, "k", "--yes") == 2
    world.bao.put("app", k="GOOD")
    assert world.rotate(world.secret, "j", "--yes") == 0
    assert world.bao.get("app")["k"] == "GOOD"


# --- a key counts as renewed only where its value is another one


@pytest.mark.parametrize(("pinned", "value"), [(1, b"OLD"), (1, b"OLD\r\n"), (2, b"NEWER"), (1, b"NEWER")])
def test_the_same_value_again_is_no_rotation(world: World, pinned: int, value: bytes) -> None:
    """Neither what Vault has, nor what is pinned, is a new value."""
    world.bao.put("app", k="OLD")
    world.bao.put("app", k="NEWER")
    world.pin(k=pinned)
    world.feed(value)
    assert world.rotate(world.secret, "k", "--value-stdin") == 2
    assert "the new value of k is the old one; nothing was written" in world.told()[1]
    assert (world.current(), world.pins(), world.custom()) == (2, {"k": pinned}, {})


def test_a_program_that_answers_with_an_old_value_did_not_renew_it(world: World) -> None:
    code = "import json; print(json.dumps({'values': {'user': 'bot', 'password': 'NEW'}}))"
    world.bao.put("app", user="bot", password="OLD")
    generator = f"generator: {{exec: [{sys.executable}, -c, {json.dumps(code)}]}}"
    world.pin("s.enc.yaml", f"keys: [user, password]\n{generator}", user=1, password=1)
    assert world.rotate("--all", "--yes", "--format", "json") == 2
    told = world.json()
    assert [one["keys"] for one in told["rotated"]] == [["password"]]
    assert "user was not renewed" in told["problems"][0]["error"]
    assert world.rotate("--all", "--yes") == 2, "and where nothing is new nothing is written"
    assert world.current() == 2


@pytest.mark.parametrize(
    ("data", "stored"),
    [
        (b"NEW\r\n", "NEW"),
        (b"\xef\xbb\xbfNEW\r\n", "NEW"),
        (b"two\r\nlines\r\n", "two\r\nlines"),
        (b"NEW \n", "NEW "),
        (b"NEW\n\n", "NEW\n"),
    ],
)
def test_the_line_end_behind_a_piped_value_is_no_part_of_it(world: World, data: bytes, stored: str) -> None:
    world.bao.put("app", k="OLD")
    world.pin(k=1)
    world.feed(data)
    assert world.rotate(world.secret, "k", "--value-stdin") == 0
    assert world.bao.get("app")["k"] == stored


@pytest.mark.parametrize("value", [7, {"a": "b"}])
def test_what_is_no_text_is_not_replaced_by_random_text(world: World, value: object) -> None:
    world.put(k=value, j="J")  # type: ignore[arg-type]
    world.pin(k=1, j=1)
    assert world.rotate(world.secret, "k") == 2
    assert "k holds no text" in world.told()[1]
    assert world.current() == 1
    assert world.rotate(world.secret, "j") == 0, "a sibling may be what it is"
    answer = world.bao.client.transport.request("get", f"{world.bao.mount}/data/app")
    assert answer["data"]["data"]["k"] == value
    world.commit()
    world.feed(b"chosen")
    assert world.rotate(world.secret, "k", "--value-stdin") == 0
    assert "replaces k, which holds no text" in world.told()[0]


# --- an unfinished rotation is finished first, and then what was asked is done


def test_a_request_for_another_key_is_not_swallowed_by_an_unfinished_rotation(world: World) -> None:
    world.bao.put("app", k="K", j="LEAKED")
    world.pin(k=1, j=1)
    assert world.rotate(world.secret, "k", at="written") == -9
    renewed = world.bao.get("app")["k"]
    world.told()
    assert world.rotate(world.secret, "j", "--commit", "--format", "json") == 0
    told = world.json()
    assert [(one["keys"], one["resumed"], one["to"]) for one in told["rotated"]] == [
        (["k"], True, 2),
        (["j"], False, 3),
    ]
    held = world.bao.get("app")
    assert held["j"] != "LEAKED"
    assert held["k"] == renewed, "it is not made a second time"
    assert world.pins() == {"k": 3, "j": 3}
    assert world.custom() == {}
    assert world.repo.git("status", "--porcelain") == ""


def test_the_dry_run_says_both(world: World) -> None:
    world.bao.put("app", k="K", j="LEAKED")
    world.pin(k=1, j=1)
    assert world.rotate(world.secret, "k", at="written") == -9
    world.told()
    assert world.rotate(world.secret, "j", "--dry-run") == 0
    out = world.told()[0]
    assert "(k)\n" in out
    assert "pin 1 → 2" in out
    assert "(j)\n" in out
    assert "pin 2 → 3" in out
    assert world.current() == 2


def test_a_piped_value_is_never_dropped(world: World) -> None:
    world.bao.put("app", k="K", j="J")
    world.pin(k=1, j=1)
    assert world.rotate(world.secret, "k", at="written") == -9
    world.feed(b"GIVEN")
    assert world.rotate(world.secret, "k", "--value-stdin") == 0
    assert world.bao.get("app")["k"] == "GIVEN"
    assert world.pins() == {"k": 3, "j": 3}


def test_the_same_piped_value_again_after_a_kill_is_finished(world: World) -> None:
    world.bao.put("app", k="K")
    world.pin(k=1)
    world.feed(b"GIVEN")
    assert world.rotate(world.secret, "k", "--value-stdin", at="written") == -9
    world.feed(b"GIVEN")
    assert world.rotate(world.secret, "k", "--value-stdin") == 0
    assert (world.current(), world.pins(), world.custom()) == (2, {"k": 2}, {})


@pytest.mark.parametrize("command", ["--due"])
def test_policies_renew_what_an_unfinished_rotation_left_out(world: World, command: str) -> None:
    world.bao.put("app", k="K", j="LEAKED")
    world.pin("s.enc.yaml", "generator: hex:16", k=1, j=1)
    wait_a_second()
    assert world.rotate(world.secret, "k", at="written") == -9
    assert world.rotate(command, "--yes", now=world.written(1) + WEEK) == 0
    assert world.bao.get("app")["j"] != "LEAKED"
    assert world.bao.get("app")["k"] == world.bao.get("app", 2)["k"]
    assert world.pins() == {"k": 3, "j": 3}


def test_an_unfinished_rotation_that_fails_its_verification_does_not_stop_the_next(world: World) -> None:
    """Its value is put back, and what was asked is done."""
    code = "import json, sys; sys.exit('k' in json.load(sys.stdin)['keys'])"
    world.bao.put("app", k="GOOD", j="J")
    world.pin(k=1, j=1)
    assert world.rotate(world.secret, "k", at="written") == -9
    world.pin("s.enc.yaml", f"verify: [{sys.executable}, -c, {json.dumps(code)}]", k=1, j=1)
    assert world.rotate(world.secret, "j", "--yes") == 2, "k was not renewed"
    assert world.bao.get("app")["k"] == "GOOD"
    assert world.bao.get("app")["j"] != "J"
    assert world.pins() == {"k": 4, "j": 4}


@pytest.mark.parametrize("command", ["--resume", "by name"])
def test_a_killed_rotation_that_somebody_patched_over_is_still_finished(world: World, command: str) -> None:
    world.bao.put("app", k="K", j="J")
    world.pin("s.enc.yaml", "keys: [k]", k=1, j=1)
    assert world.rotate(world.secret, "k", at="written") == -9
    world.bao.put("app", note="on top")
    assert main(["status"]) == 0
    assert "a rotation is unfinished" in world.told()[0]
    assert world.rotate(*(["--resume"] if command == "--resume" else [world.secret, "k"])) == 0
    assert world.pins() == {"k": 2, "j": 2}
    assert world.bao.get("app", 2)["k"] != "K"
    assert (world.current(), world.custom()) == (3, {})


def test_a_killed_rotation_whose_value_was_replaced_is_said_to_be(world: World) -> None:
    """Somebody gave the key another value since: that one is not overruled, and nothing is kept silent."""
    world.bao.put("app", k="K")
    world.pin(k=1)
    assert world.rotate(world.secret, "k", at="written") == -9
    world.bao.put("app", k="BY HAND")
    assert world.rotate("--resume") == 0
    assert "version 3 replaced what a killed run wrote as version 2" in world.told()[0]
    assert (world.pins(), world.custom()) == ({"k": 1}, {})


def test_somebody_elses_version_is_not_what_a_killed_run_made(world: World) -> None:
    """The run was killed before its write; the version of that number changed another key."""
    world.bao.put("app", k="K", j="J")
    world.pin(k=1, j=1)
    assert world.rotate(world.secret, "k", at="noted") == -9
    world.bao.put("app", other="x")
    assert world.rotate("--resume") == 0
    assert "is not what a killed run meant to write" in world.told()[0]
    assert world.pins() == {"k": 1, "j": 1}
    assert world.rotate(world.secret, "k") == 0
    assert world.pins() == {"k": 3, "j": 3}
    assert world.bao.get("app")["k"] != "K"


def test_resume_commits_no_edits_of_a_persons(world: World) -> None:
    import subprocess

    from sealward.sops import program

    world.bao.put("app", k="K")
    world.pin(k=1)
    assert world.rotate(world.secret, "k", at="replaced s.enc.yaml") == -9
    words = [program.find(), "set", "--value-stdin", "s.enc.yaml", '["mine"]']
    subprocess.run(words, input=b'"half-done"', cwd=world.repo.path, check=True)
    head = world.repo.git("rev-parse", "HEAD")
    assert world.rotate("--resume", "--commit") == 2
    assert "there are changes of your own: s.enc.yaml" in world.told()[1]
    assert world.repo.git("rev-parse", "HEAD") == head
    world.commit()
    assert world.rotate("--resume", "--commit") == 0
    assert world.pins() == {"k": 2}


def test_what_a_leaver_knows_is_not_swallowed_either(world: World, tmp_path: Path) -> None:
    """``reencrypt --then-rotate`` finishes what was unfinished, and renews the rest of what they could read."""
    from tests.support.sops import new_identity

    world.bao.put("app", k="K", j="LEAKED")
    world.pin("s.enc.yaml", "generator: hex:16", k=1, j=1)
    text = f"k: vault:{world.bao.mount}/data/app#k#1\nj: vault:{world.bao.mount}/data/app#j#1\n"
    rules = world.sealer.rules(new_identity(tmp_path, "former.txt")[0])
    world.repo.commit({"s.enc.yaml": world.sealer.seal("s.enc.yaml", text, rules)})
    assert world.rotate(world.secret, "k", at="written") == -9
    assert main(["reencrypt", "--data-key", "--then-rotate", "--yes"]) == 0
    held = world.bao.get("app")
    assert held["j"] != "LEAKED"
    assert held["k"] == world.bao.get("app", 2)["k"]
    assert world.pins() == {"k": 3, "j": 3}
    assert world.custom() == {}


@pytest.mark.parametrize("step", ["generated", "noted", "written", "replaced s.enc.yaml", "ended"])
def test_killed_again_while_both_are_done(world: World, step: str) -> None:
    """The second run is killed as well, at any step of either rotation: nothing is lost, nothing is doubled."""
    world.bao.put("app", k="K", j="LEAKED")
    world.pin(k=1, j=1)
    assert world.rotate(world.secret, "k", at="written") == -9
    assert world.rotate(world.secret, "j", at=step) == -9
    if step != "replaced s.enc.yaml":
        assert world.rotate("--resume") == 0
        world.commit()
    assert world.rotate(world.secret, "j") == 0
    held, pins = world.bao.get("app"), world.pins()
    assert held["j"] != "LEAKED"
    assert held["k"] == world.bao.get("app", 2)["k"]
    assert pins == {"k": world.current(), "j": world.current()}
    assert world.custom() == {}


# --- the age is that of the key


def test_a_sibling_that_is_written_makes_nothing_young(world: World) -> None:
    world.bao.put("app", k="K", j="LEAKED")
    world.pin("s.enc.yaml", "generator: hex:16", k=1, j=1)
    wait_a_second()
    assert world.rotate(world.secret, "k", "--commit") == 0
    wait_a_second()
    world.bao.put("app", unrelated="1")
    now = world.written(1) + WEEK
    assert main(["status", "--format", "json"], now=lambda: now) == 0
    world.told()
    assert main(["status", "--format", "json"], now=lambda: now) == 0
    states = {one["key"]: one["state"] for one in json.loads(world.told()[0])["references"]}
    assert states == {"k": "soon", "j": "due"}
    assert world.rotate("--due", "--yes", "--commit", "--format", "json", now=now) == 0
    [one] = world.json()["rotated"]
    assert (one["keys"], one["adopted"]) == (["j"], False)
    held = world.bao.get("app")
    assert held["j"] != "LEAKED"
    assert held["k"] == world.bao.get("app", 2)["k"]


def test_an_adopted_version_renews_only_what_it_changed(world: World) -> None:
    world.bao.put("app", k="K", j="LEAKED")
    world.pin("s.enc.yaml", "generator: hex:16", k=1, j=1)
    wait_a_second()
    world.bao.put("app", k="BY HAND")
    assert world.rotate("--due", "--yes", "--format", "json", now=world.written(1) + WEEK) == 0
    [one] = world.json()["rotated"]
    assert (one["keys"], one["adopted_keys"]) == (["j"], ["k"])
    held = world.bao.get("app")
    assert held["k"] == "BY HAND"
    assert held["j"] != "LEAKED"


def test_keys_that_a_policy_renews_together(world: World) -> None:
    world.bao.put("app", k="K", j="J")
    world.pin("s.enc.yaml", "keys: [k, j]", k=1, j=1)
    wait_a_second()
    world.bao.put("app", k="BY HAND")
    assert world.rotate("--due", "--yes", "--format", "json", now=world.written(1) + WEEK) == 0
    assert [one["keys"] for one in world.json()["rotated"]] == [["k", "j"]]
    assert "BY HAND" not in world.bao.get("app").values()


def test_a_version_that_changed_nothing_is_not_adopted(world: World) -> None:
    world.bao.put("app", k="K")
    world.pin("s.enc.yaml", "keys: [k]", k=1)
    wait_a_second()
    world.bao.put("app", unrelated="1")
    assert world.rotate("--due", "--yes", now=world.written(1) + WEEK) == 0
    assert "no new secret is made" not in world.told()[0]
    assert world.bao.get("app")["k"] != "K"


def test_a_secret_that_is_referred_to_as_a_whole_needs_its_keys_named(world: World) -> None:
    """Nothing says what to renew: no version is made that changes nothing."""
    world.bao.put("app", k="K")
    template = '{{ with secret "MOUNT/data/app?version=1" }}{{ range $k, $v := .Data.data }}{{ $v }}{{ end }}{{ end }}'
    text = f"t: '{template.replace('MOUNT', world.bao.mount)}'\n"
    policy = f"policies:\n  p:\n    paths: [{world.bao.mount}/*]\n    every: 7d\n"
    world.repo.commit({"t.enc.yaml": world.sealer.seal("t.enc.yaml", text), "vault/rotation.yaml": policy})
    assert world.rotate("--due", "--yes", now=world.written(1) + WEEK) == 2
    assert "nothing says which keys of" in world.told()[1]
    assert world.current() == 1


def test_ages_are_kept_where_versions_are_pushed_out(world: World) -> None:
    """Old versions go; the server remembers since when a key has its value."""
    world.bao.client.post(f"{world.bao.mount}/metadata/app", max_versions=2)
    world.bao.put("app", k="K", j="J")
    world.pin("s.enc.yaml", "generator: hex:16", k=1, j=1)
    assert world.rotate(world.secret, "k", "--commit") == 0
    born = world.written(1)
    wait_a_second()
    for number in range(3):
        world.bao.put("app", unrelated=str(number))
    world.pin(k=5, j=5)
    metadata = world.bao.client.metadata(world.bao.mount, "app")
    assert min(metadata.versions) > 2
    world.told()
    assert main(["status", "--format", "json"]) == 0
    created = {one["key"]: one["created"] for one in json.loads(world.told()[0])["references"]}
    assert seconds_of(created["j"]) == born


# --- old values that nobody takes care of


def test_every_version_that_a_moved_pin_held_is_to_be_retired(world: World, tmp_path: Path) -> None:
    world.bao.put("app", k="FIRST")
    world.bao.put("app", k="SECOND")
    world.bao.put("app", k="THIRD")
    retire = f"retire: [{sys.executable}, -c, pass]\ngrace: 1d"
    world.pin("a.enc.yaml", retire, k=1)
    world.pin("b.enc.yaml", k=3)
    assert world.rotate(world.secret, "k", "--yes") == 0
    noted = {name for name in world.custom() if name.startswith("sealward-retire-")}
    assert noted == {"sealward-retire-1", "sealward-retire-2", "sealward-retire-3"}


def test_versions_in_between_are_named_where_nothing_retires_them(world: World) -> None:
    for value in ("FIRST", "SECOND", "THIRD"):
        world.bao.put("app", k=value)
    world.pin(k=1)
    world.bao.put("app", other="x")
    assert world.rotate(world.secret, "k", "--yes") == 0
    out = world.told()[0]
    assert "version 2 holds a further value of k that no file here pins" in out
    assert "version 3 holds a further value of k" in out
    assert "version 4" not in out.replace("version 4 → 5", ""), "it holds what version 3 does"


def test_pins_that_a_killed_run_had_moved_already_are_not_forgotten(world: World) -> None:
    world.bao.put("app", k="FIRST")
    world.bao.put("app", k="SECOND")
    world.pin("a.enc.yaml", f"retire: [{sys.executable}, -c, pass]\ngrace: 1d", k=1)
    world.pin("b.enc.yaml", k=2)
    assert world.rotate(world.secret, "k", "--yes", at="replaced a.enc.yaml") == -9
    assert world.rotate("--resume") == 0
    noted = {name for name in world.custom() if name.startswith("sealward-retire-")}
    assert noted == {"sealward-retire-1", "sealward-retire-2"}


def test_a_copy_of_the_old_value_in_another_file_is_named(world: World) -> None:
    world.bao.put("app", k="old-value-of-k", short="abc")
    world.pin(k=1, short=1)
    text = "password: old-value-of-k\ndsn: postgres://u:old-value-of-k@h\nother: fine\nabc: xabcx\n"
    world.repo.commit({"lit.enc.yaml": world.sealer.seal("lit.enc.yaml", text)})
    assert world.rotate(world.secret, "k", "short", "--dry-run") == 0
    out = world.told()[0]
    assert "lit.enc.yaml  password  holds the old value of k itself" in out
    assert "lit.enc.yaml  dsn  holds" in out
    assert out.count("holds the old value") == 2
    assert "old-value-of-k" not in out


# --- the server's clock


@pytest.mark.parametrize(("days", "told"), [(-8, "nothing is due"), (8, "rotated")])
def test_ages_are_by_the_servers_clock(world: World, days: int, told: str) -> None:
    """The clock of the server, and not that of a laptop or a runner, says what is due."""
    world.bao.put("app", k="K")
    world.pin("s.enc.yaml", "keys: [k]", k=1)
    where = world.bao.server.address.removeprefix("http://")
    with listening(where, ahead=days * 86400) as server:
        world.patch.setenv("VAULT_ADDR", server.address)
        assert main(["status", "--format", "json"]) == 0
        [one] = json.loads(world.told()[0])["references"]
        assert one["state"] == ("due" if days > 0 else "ok")
        assert main(["rotate", "--due", "--yes"]) == 0
        assert told in world.told()[0]


def test_a_version_that_vault_will_delete_is_not_gone_yet(world: World) -> None:
    world.bao.client.post(f"{world.bao.mount}/metadata/app", delete_version_after="200h")
    world.bao.put("app", k="K")
    world.pin("s.enc.yaml", "keys: [k]", k=1)
    assert world.rotate("--due", "--yes") == 0
    assert world.told()[0] == "nothing is due\n"
    assert main(["status", "--check"]) == 0
    assert "Vault deletes this version at" in world.told()[0]


def test_a_version_that_vault_deletes_before_it_is_due_is_a_finding(world: World) -> None:
    world.bao.client.post(f"{world.bao.mount}/metadata/app", delete_version_after="2h")
    world.bao.put("app", k="K")
    world.pin("s.enc.yaml", "keys: [k]", k=1)
    assert main(["status", "--check"]) == 1
    out = world.told()[0]
    assert "deleted too early" in out
    assert "before it is due" in out
    assert "gone" not in out
    assert world.rotate("--due", "--yes") == 0
    assert world.current() == 1, "a run every hour would renew it every hour"
