"""The ConfigMap with names and pins."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sealward.deploy import inventory
from sealward.deploy.api import Api
from sealward.deploy.proxy import Cluster, serve
from sealward.deploy.settings import Target

if TYPE_CHECKING:
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
            assert set(inventory.read(api, target).secrets) <= {f"{space.name}/c"}
