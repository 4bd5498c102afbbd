"""The scene on a cluster: the rotated key reaches a Secret, and one Deployment of two rolls."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sealward.demo.stage import Stage

IMAGE = "registry.k8s.io/pause:3.10"
"""Waits for ever, and is on every cluster."""

SETTINGS = """\
targets:
  demo:
    cluster: {{context: {context}}}
    namespace: {namespace}
    secrets:
      - name: exchange-keys
        from: secrets.enc.yaml
        data: {{API_KEY: binance.api_key, API_SECRET: binance.api_secret}}
"""

ELSEWHERE = "With a cluster (kind, minikube): `sealward demo --context NAME` shows the key arrive there, too."


def play(stage: Stage, context: str, namespace: str) -> None:
    """Deploy, rotate, and deploy again, in a namespace that is removed afterwards. Raises SealwardError."""
    kubectl = f"kubectl --context={shlex.quote(context)} --namespace={namespace}"
    stage.say("8. A cluster with two workloads: each uses one key of a Secret that is not there yet.")
    stage.run(f"{kubectl} create namespace {namespace}")
    try:
        for name, key in (("trader", "API_KEY"), ("auditor", "API_SECRET")):
            stage.write(f"{name}.json", json.dumps(_deployment(name, key)))
            stage.run(f"{kubectl} apply --server-side --filename={name}.json", shown=False)
        _deploy(stage, context, namespace)
        stage.run(f"{kubectl} get deployments,secrets,configmaps", shown=False)
    finally:
        stage.run(f"{kubectl} delete namespace {namespace} --wait=false", shown=False)


def _deploy(stage: Stage, context: str, namespace: str) -> None:
    stage.write("deploy.yaml", SETTINGS.format(context=json.dumps(context), namespace=namespace))
    stage.run("cat deploy.yaml")
    stage.run("git add deploy.yaml")
    stage.run("git commit --quiet --message 'Say where secrets go'")
    stage.run("sealward deploy diff", refused=True)
    stage.run("sealward deploy apply --yes")

    stage.say("9. The key is rotated once more, and deployed: the workload that uses it restarts alone.")
    stage.run("sealward rotate secret/bot/binance api_key --commit --yes")
    stage.run("sealward deploy apply --yes")
    stage.run("sealward deploy status")


def _deployment(name: str, key: str) -> dict[str, object]:
    source = {"secretKeyRef": {"name": "exchange-keys", "key": key}}
    container = {"name": "main", "image": IMAGE, "env": [{"name": "KEY", "valueFrom": source}]}
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {"selector": {"matchLabels": labels}, "template": template},
    }
