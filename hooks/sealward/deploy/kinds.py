"""The kinds of objects that a deployment reads and writes, and where the API has them."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote


class Kind(NamedTuple):
    """A kind: its API group and version, and its name in paths. ``word`` is what people say."""

    version: str
    plural: str
    name: str

    @property
    def group(self) -> str:
        """The API group; empty for the core."""
        return self.version.rpartition("/")[0]

    @property
    def word(self) -> str:
        """The kind as in ``deployment/bot``."""
        return self.name.lower()

    def path(self, namespace: str, name: str = "") -> str:
        """The API's path of the objects of a namespace, or of one of them."""
        root = f"/apis/{self.version}" if self.group else f"/api/{self.version}"
        path = f"{root}/namespaces/{quote(namespace, safe='')}/{self.plural}"
        return f"{path}/{quote(name, safe='')}" if name else path


SECRET = Kind("v1", "secrets", "Secret")
CONFIG_MAP = Kind("v1", "configmaps", "ConfigMap")
POD = Kind("v1", "pods", "Pod")
DEPLOYMENT = Kind("apps/v1", "deployments", "Deployment")
STATEFUL_SET = Kind("apps/v1", "statefulsets", "StatefulSet")
DAEMON_SET = Kind("apps/v1", "daemonsets", "DaemonSet")
REPLICA_SET = Kind("apps/v1", "replicasets", "ReplicaSet")
JOB = Kind("batch/v1", "jobs", "Job")
CRON_JOB = Kind("batch/v1", "cronjobs", "CronJob")
OLD_CRON_JOB = Kind("batch/v1beta1", "cronjobs", "CronJob")

ROLLING = (DEPLOYMENT, STATEFUL_SET, DAEMON_SET)
"""What can be rolled."""

OTHER = (CRON_JOB, JOB, REPLICA_SET, POD)
"""What uses Secrets and cannot be rolled: it is named."""
