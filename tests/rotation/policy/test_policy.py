"""The rotation policy: what is read, where each mistake is pointed at, and that the schema says the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sealward.errors import SealwardError
from sealward.rotation.policy import policy
from sealward.rotation.policy.policy import FILE, Policies, load

TOP = Path(__file__).parents[3]
SCHEMA = json.loads((Path(policy.__file__).parents[1] / "schema.json").read_text())
DAY = 86400


def one(*lines: str) -> str:
    """A file with one policy of these lines."""
    return "policies:\n  p:\n" + "".join(f"    {line}\n" for line in lines)


def read(text: str) -> Policies:
    return load("rotation.yaml", text.encode())


def valid(text: str) -> bool:
    """What the schema says of a file."""
    validator: Any = jsonschema.Draft202012Validator(SCHEMA)
    return bool(validator.is_valid(yaml.safe_load(text)))


GOOD = [
    one("paths: [secret/bot/binance]", "every: 7d"),
    one("paths: [database/creds/*]", "max_ttl: 1h"),
    one("paths: [secret/data/bot/**]", "every: 90s", "generator: base64:32"),
    one("paths: [a/b, 'c/d?']", "every: 2w", "generator: password:24:letters", "grace: 1d"),
    one("paths: [a/b]", "every: 7d", "generator: {password: 40, alphabet: abcdefghij}"),
    one("paths: [a/b]", "every: 7d", "generator: {exec: [./new-key, --env, prod], current: true}"),
    one("paths: [a/b]", "every: 7d", "generator: 'exec:./new-key --env prod'"),
    one("paths: [a/b]", "every: 7d", "generator: vault-policy:strong"),
    one("paths: [database/static-creds/bot]", "every: 30d", "generator: rotate-role"),
    one("paths: [a/b]", "every: 7d", "keys: [api_key, api_secret]", "pins: true"),
    one("paths: [a/b]", "every: 7d", "verify: [./try, '--fast']", "retire: [./revoke]", "grace: 1h"),
    "deployed: [origin/main, origin/release/*]\nrepository: github.com/org/bot\n"
    + one("paths: [a/b]", "every: 7d"),
    one("paths: [a/b]", "every: 7d", "environment: [SLACK_TOKEN]", "files: ['*.enc.yaml#bot.*', b.enc.json]"),
]

BAD = [
    ("", "rotation.yaml is empty", None),
    ("[]", "1:1: the file must be a mapping", None),
    ("policies: {}", "1:11: there is no policy", None),
    ("rules: {}", "1:1: the file has no setting 'rules'", None),
    ("policies:\n  a b:\n    paths: [a/b]\n    every: 7d\n", "2:3: 'a b' will not do as the name", None),
    (one("every: 7d"), "2:3: the policy p has no `paths`", None),
    (one("paths: [a/b]"), "2:3: the policy p needs one of", "dynamic"),
    (one("paths: [a/b]", "every: 7d", "max_ttl: 1h"), "2:3: the policy p needs one of", None),
    (one("paths: []", "every: 7d"), "3:12: `paths` is empty", None),
    (one("paths: a/b", "every: 7d"), "3:12: `paths` must be a list", None),
    (one("paths: [a/b, a/b]", "every: 7d"), "3:12: `paths` names something twice", None),
    (one("paths: [binance]", "every: 7d"), "3:13: 'binance' will not do as an entry of `paths`", None),
    (one("paths: [a/b, /c]", "every: 7d"), "3:18: '/c' will not do", None),
    (one("paths: [a/b]", "every: 7"), "4:12: `every` must be a duration", "7d"),
    (one("paths: [a/b]", "every: 0d"), "4:12: `every` must be a duration", None),
    (one("paths: [a/b]", "every: 7 days"), "4:12: `every` must be a duration", None),
    (one("paths: [a/b]", "every: [7d]"), "4:12: `every` must be a duration", None),
    (one("paths: [a/b]", "evry: 7d"), "4:5: the policy p has no setting 'evry'", "'every'"),
    (one("paths: [a/b]", "max_ttl: 1h", "generator: hex:32"), "5:5: `generator` is for stored", None),
    (one("paths: [a/b]", "max_ttl: 1h", "keys: [a]"), "5:5: `keys` is for stored", None),
    (one("paths: [a/b]", "every: 7d", "generator: random"), "5:16: no generator is called", "hex:BYTES"),
    (one("paths: [a/b]", "every: 7d", "generator: hex:8"), "5:16: hex:8 is too short", None),
    (one("paths: [a/b]", "every: 7d", "generator: 5"), "5:16: `generator` must be a mapping", None),
    (one("paths: [a/b]", "every: 7d", "generator: {}"), "5:16: `generator` is", None),
    (
        one("paths: [a/b]", "every: 7d", "generator: {exec: ./new-key}"),
        "5:23: a command must be a list",
        None,
    ),
    (one("paths: [a/b]", "every: 7d", "generator: {exec: [a], password: 40}"), "5:16: `generator` is", None),
    (one("paths: [a/b]", "every: 7d", "generator: {password: 5}"), "5:16: password:5 is too short", None),
    (
        one("paths: [a/b]", "every: 7d", "generator: {password: '40'}"),
        "5:27: `password` must be a whole",
        None,
    ),
    (
        one("paths: [a/b]", "every: 7d", "generator: {exec: [a], current: 1}"),
        "5:37: `current` must be true",
        None,
    ),
    (one("paths: [a/b]", "every: 7d", "keys: [1]"), "5:12: an entry of `keys` must be text", None),
    (one("paths: [a/b]", "every: 7d", "keys: ['a b']"), "5:12: 'a b' will not do", None),
    (one("paths: [a/b]", "every: 7d", "verify: ./try it"), "5:13: a command must be a list", None),
    (
        one("paths: [a/b]", "every: 7d", "retire: [x]"),
        "5:5: `retire` of the policy p needs a `grace`",
        "write `grace: 1d`",
    ),
    ("deployed: []\n" + one("paths: [a/b]", "every: 7d"), "1:11: `deployed` is empty", None),
    ("deployed: ['a b']\n" + one("paths: [a/b]", "every: 7d"), "1:12: 'a b' will not do", None),
    ("repository: /x\n" + one("paths: [a/b]", "every: 7d"), "1:13: '/x' will not do as `repository`", None),
    (
        one("paths: [a/b]", "every: 7d", "grace: 1h", "retire: ['']"),
        "6:14: '' will not do as a word of a command",
        None,
    ),
    (one("paths: [a/b]", "every: 7d", "pins: maybe"), "5:11: `pins` must be true or false", None),
    (one("paths: [a/b]", "every: 7d", "files: ['a#b#c']"), "5:13: 'a#b#c' will not do", None),
    (one("paths: [a/b]", "every: 7d", "environment: [A=B]"), "5:19: 'A=B' will not do", None),
]

BAD_FOR_THE_LOADER_ALONE = [
    ("policies: [", "1:", "fix it"),
    ("\0", "rotation.yaml is not valid YAML", "fix it"),
    ("[" * 5000, "rotation.yaml", None),
    ("a: " + "x" * 300_000, "larger than 256 KiB", None),
    (one("paths: [a/b]", "every: 7d", "every: 8d"), "5:5: 'every' is there twice", "keep one"),
    (one("paths: [a/b]", "every: 7d", "generator: password:12:digits"), "5:16: password:12 of 10", "64 bits"),
    (one("paths: [a/b]", "every: 7d", 'generator: "exec:\'open"'), "5:16: the generator exec", None),
]
"""What a schema cannot see: the YAML itself, names given twice, the strength of a password."""


@pytest.mark.parametrize("text", GOOD)
def test_good_policies(text: str) -> None:
    assert read(text).policies[0].name == "p"
    assert valid(text)


@pytest.mark.parametrize(("text", "reason", "hint"), BAD + BAD_FOR_THE_LOADER_ALONE)
def test_bad_policies_are_pointed_at(text: str, reason: str, hint: str | None) -> None:
    with pytest.raises(SealwardError) as caught:
        read(text)
    assert caught.value.message.startswith("rotation.yaml")
    assert reason in caught.value.message
    assert (hint or "") in caught.value.hint
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", [text for text, _, _ in BAD])
def test_the_schema_refuses_them_too(text: str) -> None:
    assert not valid(text)


@given(st.from_regex(r"\A[0-9]{1,3}[smhdwy]?\Z"))
def test_schema_and_loader_agree_on_durations(duration: str) -> None:
    text = one("paths: [a/b]", f"every: '{duration}'")
    try:
        read(text)
        accepted = True
    except SealwardError:
        accepted = False
    assert accepted == valid(text)


def test_every_setting_arrives() -> None:
    text = one(
        "paths: [secret/data/bot/*]", "every: 7d", "generator: {exec: [./new, x]}", "keys: [k, s]",
        "verify: [./try]", "retire: [./revoke, y]", "grace: 1d", "timeout: 5m", "environment: [TOKEN]",
        "pins: yes", "files: ['a.enc.yaml#bot.**']",
    )  # fmt: skip
    found = read(text).policies[0]
    assert found.paths == ("secret/bot/*",)
    assert (found.every, found.max_ttl, found.grace, found.seconds) == (7 * DAY, None, DAY, 300)
    assert found.generator is not None
    assert found.generator.command == ("./new", "x")
    assert (found.generator.seconds, found.generator.environment) == (300, ("TOKEN",))
    assert (found.keys, found.verify, found.retire) == (("k", "s"), ("./try",), ("./revoke", "y"))
    assert found.pins is True
    assert found.files == ("a.enc.yaml#bot.**",)
    assert found.line == 2


@pytest.mark.parametrize(
    ("secret", "expected"),
    [
        ("secret/bot/binance", "exact"),
        ("secret/bot/kraken", "bots"),
        ("secret/bot/deep/er", "rest"),
        ("secret/x", "rest"),
        ("kv/bot/binance", None),
        ("team/kv/app", "mount"),
    ],
)
def test_the_first_policy_that_names_a_secret_holds(secret: str, expected: str | None) -> None:
    patterns = {
        "exact": "secret/bot/binance",
        "bots": "secret/bot/*",
        "rest": "secret/**",
        "mount": "team/kv/*",
    }
    text = "policies:\n" + "".join(
        f"  {name}: {{paths: ['{pattern}'], every: 7d}}\n" for name, pattern in patterns.items()
    )
    mount, _, path = secret.partition("/")
    found = read(text).for_secret(mount, path)
    assert (found.name if found else None) == expected


def test_a_policy_by_name() -> None:
    policies = read(GOOD[0])
    assert policies.named("p").every == 7 * DAY
    with pytest.raises(SealwardError, match="no policy 'q'; there are: p"):
        policies.named("q")


def test_a_repository_without_a_policy(tmp_path: Path) -> None:
    assert policy.find(tmp_path) == Policies(FILE)


def test_a_policy_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir(parents=True)
    with pytest.raises(SealwardError, match=r"vault/rotation\.yaml: Is a directory"):
        policy.find(tmp_path)


def test_our_own_policy_is_the_missions() -> None:
    policies = policy.find(TOP)
    assert valid((TOP / FILE).read_text())
    for secret in ("bot/binance", "bot/kraken"):
        found = policies.for_secret("secret", secret)
        assert found is not None
        assert (found.every, found.keys) == (7 * DAY, ("api_key", "api_secret"))
    slack = policies.for_secret("secret", "alerts/slack")
    assert slack is not None
    assert slack.every == 30 * DAY
    database = policies.for_secret("database", "creds/bot")
    assert database is not None
    assert database.max_ttl is not None
    assert database.max_ttl <= 3600


def test_the_example_of_the_documentation() -> None:
    text = (TOP / "docs" / "rotation-policy.md").read_text()
    example = re.findall(r"^```yaml policy\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert len(example) == 1
    assert valid(example[0])
    names = [one.name for one in read(example[0]).policies]
    assert names == ["trading-api-keys", "slack-and-alert-tokens", "database-logins"]


def test_every_setting_is_documented() -> None:
    text = (TOP / "docs" / "rotation-policy.md").read_text()
    settings = SCHEMA["$defs"]["policy"]["properties"]
    beside = set(SCHEMA["properties"]) - {"policies"}
    assert set(settings) | beside == set(
        re.findall(r"^\| `(\w+)` \|", text.split("## Generators")[0], re.MULTILINE)
    )
