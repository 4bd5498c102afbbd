"""``deploy.yaml``: what is read, where each mistake is pointed at, and that the schema says the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from sealward.deploy import settings
from sealward.deploy.settings import Restart, Settings, load
from sealward.errors import SealwardError

SCHEMA = json.loads((Path(settings.__file__).parent / "schema.json").read_text())
BASE = ("cluster: {context: prod}", "namespace: trading", "manifests: ['k8s/*.enc.yaml']")


def one(*lines: str) -> str:
    """A file with one target of these lines."""
    return "targets:\n  production:\n" + "".join(f"    {line}\n" for line in lines)


def secret(text: str) -> str:
    """A file whose target makes one Secret of other values."""
    return one(*BASE[:2], f"secrets: [{{{text}}}]")


def read(text: str) -> Settings:
    return load("deploy.yaml", text.encode())


def valid(text: str) -> bool:
    """What the schema says of a file."""
    validator: Any = jsonschema.Draft202012Validator(SCHEMA)
    return bool(validator.is_valid(yaml.safe_load(text)))


GOOD = [
    one(*BASE),
    one("cluster: {in-cluster: true}", *BASE[1:]),
    one(*BASE, "namespaces: [other]", "restart: none", "requires: {branch: release/1}", "annotate: false"),
    one(*BASE, "restart: [deployment/bot, statefulset/db]"),
    one(*BASE, "kinds: [argoproj.io/v1alpha1/Rollout]", "restart: [rollout/x]"),
    one(*BASE, "restart: {volumes: false, only: [daemonset/x]}"),
    secret("name: keys, from: secrets.enc.yaml, data: {API_KEY: exchanges.binance.api_key}"),
    secret(
        "name: keys, namespace: trading, type: kubernetes.io/tls, from: s.enc.yaml, data: {tls.key: a, tls.crt: b}"
    ),
    secret("name: bot-env, from: 'secrets.enc.yaml#toggles.**', keys: upper-snake"),
]

BAD = [
    ("targets: []", "1:10: targets must be a mapping"),
    ("target: {}", "1:1: the file has no setting 'target'; did you mean 'targets'?"),
    ("{}", "1:1: there is no `targets`"),
    ("targets: {}", "1:10: there is no target in `targets`"),
    (one(*BASE[1:]), "2:3: the target production has no `cluster`"),
    (one(BASE[0], BASE[2]), "2:3: the target production has no `namespace`"),
    (one(*BASE[:2]), "2:3: the target production deploys nothing"),
    (one(*BASE, "restrat: none"), "6:5: the target production has no setting 'restrat'; did you mean 'restart'?"),
    (one("cluster: {}", *BASE[1:]), "3:14: `cluster` needs `context: NAME`, or `in-cluster: true`"),
    (one("cluster: {context: a, in-cluster: true}", *BASE[1:]), "3:14: `cluster` needs"),
    (one("cluster: prod", *BASE[1:]), "3:14: `cluster` must be a mapping"),
    (one("cluster: {context: --kubeconfig=x}", *BASE[1:]), "will not do as `context`"),
    (one(BASE[0], "namespace: Trading", BASE[2]), "4:16: 'Trading' will not do as `namespace`"),
    (one(*BASE[:2], "manifests: []"), "5:16: `manifests` is empty"),
    (one(*BASE[:2], "manifests: [a, a]"), "names something twice"),
    (one(*BASE, "restart: consumer"), "6:14: `restart` cannot be 'consumer'; did you mean 'consumers'?"),
    (one(*BASE, "restart: [Pod/x]"), "6:15: 'Pod/x' will not do as an entry of `restart`"),
    (one(*BASE, "kinds: [Rollout]"), "6:13: 'Rollout' will not do as an entry of `kinds`"),
    (one(*BASE, "requires: {}"), "6:15: `requires` is empty"),
    (one(*BASE, "annotate: maybe"), "6:15: `annotate` must be true or false"),
    (secret("name: k, from: s.yaml"), "needs either `data` or a pattern behind `from`"),
    (secret("name: k, from: 's.yaml#a', data: {A: b}"), "needs either `data` or a pattern behind `from`"),
    (secret("name: k, data: {A: b}"), "an entry of `secrets` has no `from`"),
    (secret("name: K, from: s.yaml, data: {A: b}"), "'K' will not do as `name`"),
    (secret("name: k, from: s.yaml, data: {'A B': b}"), "'A B' will not do as a key of a Secret"),
    (secret("name: k, from: s.yaml, data: {}"), "`data` is empty"),
    (secret("name: k, from: 's.yaml#**', keys: upper"), "`keys` cannot be 'upper' here; did you mean 'upper-snake'?"),
    (secret("name: k, from: s.yaml, data: {A: b}, keys: as-is"), "`keys` cannot be 'as-is' here"),
]  # fmt: skip

BAD_FOR_THE_LOADER_ALONE = [
    ("", "deploy.yaml is empty"),
    ("targets: {a: {", "not valid YAML"),
    (one(*BASE, "restart: [pod/x]"), "6:14: 'pod/x' is not of a kind that restarts; there are: deployment,"),
    (one(*BASE, "restart: [deploymnt/x]"), "did you mean 'deployment'?"),
    (secret("name: k, from: s.yaml, data: {A: b, A: c}"), "'A' is there twice in `data`"),
]
"""What a schema cannot see."""


@pytest.mark.parametrize("text", GOOD)
def test_good_settings(text: str) -> None:
    assert read(text).target("").name == "production"
    assert valid(text)


@pytest.mark.parametrize(("text", "reason"), BAD + BAD_FOR_THE_LOADER_ALONE)
def test_mistakes_are_pointed_at(text: str, reason: str) -> None:
    with pytest.raises(SealwardError) as caught:
        read(text)
    assert reason in str(caught.value)


@pytest.mark.parametrize(("text", "reason"), BAD)
def test_the_schema_refuses_the_same(text: str, reason: str) -> None:
    assert not valid(text), reason


def test_what_restarts() -> None:
    assert read(GOOD[0]).target("").restart == Restart()
    assert read(GOOD[2]).target("").restart == Restart(consumers=False)
    assert read(GOOD[5]).target("").restart == Restart(only=("daemonset/x",), volumes=False)


def test_a_target_is_named_unless_it_is_the_only_one() -> None:
    both = read(GOOD[0] + one(*BASE).partition("\n")[2].replace("production", "staging"))
    assert both.target("staging").name == "staging"
    for name, said in (
        ("", "name one; there are: production, staging"),
        ("stagng", "did you mean 'staging'?"),
    ):
        with pytest.raises(SealwardError, match=r"deploy\.yaml") as caught:
            both.target(name)
        assert said in str(caught.value)
