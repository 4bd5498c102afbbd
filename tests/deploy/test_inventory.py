"""The ConfigMap with names and pins."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sealward.deploy import inventory
from sealward.deploy.api import Api
from sealward.deploy.proxy import Cluster, serve
from sealward.deploy.settings import Target

if TYPE_CHECKING:
    import pytest

    from tests.deploy.bench import Bench
    from tests.deploy.stage import Stage
    from tests.support.kube import Space


def test_what_is_written_is_read_and_what_others_put_there_does_no_harm(space: Space) -> None:
    target = Target(name="t", path="deploy.yaml", line=1, cluster=Cluster("admin"), namespace=space.name)
    with serve(target.cluster) as socket:
        api = Api(socket, "admin")
        assert inventory.read(api, target).secrets == {}
        secrets = {f"{space.name}/a": {"K": "secret/bot#k#1"}, f"{space.name}/b": {}}
        inventory.write(api, target, secrets)
        assert inventory.read(api, target).secrets == secrets
        for text in ("x", "[]", json.dumps({"kube-system/x": {}, f"{space.name}/c": 3})):
            space.patch("configmaps", "sealward-t", {"data": {"secrets": text}})
            assert set(inventory.read(api, target).secrets) <= {f"{space.name}/c", "kube-system/x"}


def test_a_name_in_a_foreign_namespace_is_neither_read_nor_removed(bench: Bench) -> None:
    bench.apply({"a": {"A": "1"}})
    space = bench.space
    listed = json.dumps({f"{space.name}/a": {}, "kube-system/x": {}})
    space.patch("configmaps", "sealward-t", {"data": {"secrets": listed}})
    (pruned,) = bench.plan({"a": {"A": "1"}}).pruned
    assert (pruned.name, pruned.before, pruned.kept) == (
        "x",
        None,
        "kube-system is not the target's any more",
    )
    assert bench.apply({"a": {"A": "1"}}, prune=True).pruned == ()


def test_a_diff_of_pins_reads_no_secret_and_asks_no_vault(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pull request's diff: the credentials may get one ConfigMap, and there is no Vault token."""
    stage.bao.put("bot", a="1")
    stage.secret("keys", A=stage.reference("bot", "a", 1))
    stage.commit()
    assert stage.apply() == 0, stage.err
    user, group = "user50", "rbac.authorization.k8s.io"
    rule = {
        "apiGroups": [""],
        "resources": ["configmaps"],
        "resourceNames": ["sealward-test"],
        "verbs": ["get"],
    }
    stage.space.make("roles", {"metadata": {"name": user}, "rules": [rule]})
    binding = {
        "metadata": {"name": user}, "roleRef": {"apiGroup": group, "kind": "Role", "name": user},
        "subjects": [{"kind": "User", "name": user, "apiGroup": group}],
    }  # fmt: skip
    stage.space.make("rolebindings", binding)
    stage.settings(context=user)
    stage.secret("keys", A=stage.reference("bot", "a", 2))
    stage.commit()
    monkeypatch.delenv("VAULT_TOKEN")
    assert stage.deploy("diff", "--pins") == 1, stage.err
    assert f"{stage.bao.mount}/bot#a#1 → #2" in stage.out
    assert stage.deploy("diff", "--pins", "--format", "github") == 1
    assert stage.deploy("diff") == 2
