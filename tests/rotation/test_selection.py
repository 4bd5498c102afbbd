"""What a scheduled run leaves alone, from end to end: its window, a person's value, and what is said of both."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import jsonschema
import pytest

from sealward.cli import main
from tests.support.rotations import NAMES, POLICY, Trio
from tests.test_architecture import TOP

if TYPE_CHECKING:
    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

SCHEMA = json.loads((TOP / "docs" / "rotate-report.schema.json").read_text())
NOTES = "import sys; open('told', 'a').write(sys.stdin.read())"
DAY = 86400


@pytest.fixture
def trio(repo: Repo, sealer: Sealer, bao: Bao) -> Trio:
    return Trio(repo, sealer, bao)


def policy(trio: Trio, *lines: str) -> None:
    text = POLICY.format(mount=trio.bao.mount)
    if any(line.startswith("generator") for line in lines):
        text = text.replace("    generator: hex:16\n", "")
    more = "".join(f"    {one}\n" for one in lines)
    trio.repo.commit({"vault/rotation.yaml": f"{text}{more}    notify: [python3, -c, {json.dumps(NOTES)}]\n"})


def told(trio: Trio) -> list[dict[str, object]]:
    file = trio.repo.path / "told"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def report(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    """The JSON that was printed last; it must be what docs/rotate-report.schema.json says."""
    found = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    assert set(SCHEMA["properties"]) == set(found), "every field is described"
    return dict(found)


def test_what_waits_for_its_window(trio: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    now = time.time() + 8 * DAY
    policy(trio, "not_before: 2099-01-01")
    assert main(["rotate", "--due", "--yes", "--format", "json"], now=lambda: now) == 0
    found = report(capsys)
    assert [one["until"] for one in found["postponed"]] == ["not before 2099-01-01T00:00:00Z"] * 3  # type: ignore[attr-defined]
    assert {one["outcome"] for one in told(trio)} == {"waiting"}
    assert trio.versions() == dict.fromkeys(NAMES, 1)
    assert main(["rotate", "--due", "--yes"], now=lambda: now) == 0
    assert capsys.readouterr().out.count("is left as it is; it is renewed not before 2099") == 3
    assert main(["rotate", f"{trio.bao.mount}/bot/one", "key"]) == 0, "who names it means now"


def test_what_a_killed_run_left_is_finished_outside_of_its_window(trio: Trio) -> None:
    assert trio.rotate(f"{trio.bao.mount}/bot/one", "key", kill_at=4).stdout == "killed at written\n"
    policy(trio, "not_before: 2099-01-01")
    assert main(["rotate", "--due", "--yes"]) == 0
    assert trio.pins()["one"] == {2}


def test_unattended_leaves_what_a_person_types_to_people_and_reminds(
    trio: Trio, capsys: pytest.CaptureFixture[str]
) -> None:
    now = time.time() + 8 * DAY
    policy(trio, "generator: prompt")
    assert main(["rotate", "--due", "--yes"], now=lambda: now) == 2
    (trio.repo.path / "told").unlink()
    capsys.readouterr()
    assert main(["rotate", "--due", "--yes", "--unattended"], now=lambda: now) == 0
    assert f"sealward rotate {trio.bao.mount}/bot/one key" in capsys.readouterr().out
    assert {one["outcome"] for one in told(trio)} == {"reminder"}
    assert trio.versions() == dict.fromkeys(NAMES, 1)


def test_one_object_for_each_outcome_and_none_holds_a_value(
    trio: Trio, capsys: pytest.CaptureFixture[str]
) -> None:
    policy(trio)
    trio.bao.client.post(f"{trio.bao.mount}/metadata/bot/two", max_versions=1)
    assert main(["rotate", "--all", "--dry-run", "--commit", "--format", "json"]) == 2
    steps = report(capsys)["rotated"][0]["later"]  # type: ignore[index]
    assert [one["step"] for one in steps] == ["write", "pin", "commit"]
    assert told(trio) == [], "a dry run tells nobody"
    assert main(["rotate", "--all", "--yes", "--commit", "--format", "json"]) == 2
    found = report(capsys)
    assert {(one["secret"].rpartition("/")[2], one["outcome"]) for one in told(trio)} == {  # type: ignore[attr-defined]
        ("one", "rotated"), ("three", "rotated"), ("two", "failed"),
    }  # fmt: skip
    assert {one["commit"] for one in told(trio) if one["outcome"] == "rotated"} == {found["commit"]}
    values = {trio.bao.get(f"bot/{name}")["key"] for name in NAMES}
    assert [value for value in values if value in (trio.repo.path / "told").read_text()] == []
    capsys.readouterr()
    assert main(["log", "--format", "json"]) == 0
    rotations = json.loads(capsys.readouterr().out)["rotations"]
    assert {(one["secret"].rpartition("/")[2], one["by"], one["commit"]) for one in rotations} == {
        ("one", "root", found["commit"]), ("three", "root", found["commit"]),
    } or {one["commit"] for one in rotations} == {found["commit"]}  # fmt: skip
    assert main(["log", "--offline", f"{trio.bao.mount}/bot/one"]) == 0
    assert capsys.readouterr().out.count("#key  1 → 2") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--all"], "add --yes"),
        ([], "nothing says what to rotate"),
        (["--policy", "nothing", "--yes"], "no policy 'nothing'"),
        (["secret/nothing/at/all", "key"], "no sealed file refers to"),
    ],
)
def test_early_errors_are_json_too(
    trio: Trio, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rotate", *arguments, "--format", "json"]) == 2
    streams = capsys.readouterr()
    found = json.loads(streams.out)
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    assert words in f"{found['problems'][0]['error']}; {found['problems'][0]['hint']}"
    assert streams.err.count("\n") == 1


def test_a_server_that_is_not_there_is_json_too(
    trio: Trio, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BAO_ADDR", "http://127.0.0.1:9")
    assert main(["rotate", "--all", "--yes", "--format", "json"]) == 2
    assert "is unreachable" in report(capsys)["problems"][0]["error"]  # type: ignore[index]


def test_unused_policies_are_named(trio: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    text = POLICY.format(mount=trio.bao.mount)
    trio.repo.commit({"vault/rotation.yaml": f"{text}  typo:\n    paths: [kvx/bot/*]\n    every: 1d\n"})
    assert main(["rotate", "--due", "--yes"]) == 0
    assert "the policy typo names no secret" in capsys.readouterr().err
