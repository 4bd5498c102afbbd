"""argocd-vault-plugin's placeholders: ``<path:PATH#KEY#VERSION | modifiers>``, anywhere in a text.

Source: ``pkg/kube/util.go`` and docs/howitworks.md of argoproj-labs/argocd-vault-plugin. A path of another
backend (``<path:keyvault#password>``) is not Vault's, and no reference here.
"""

from __future__ import annotations

from sealward.patterns import late
from sealward.references.reference import Match, as_read, version_of

_PLACEHOLDER = late(
    r"<path:(?P<where>[^#<>\n]+)#(?P<key>[^#<>|\n]+)(?:#(?P<version>[^#<>|\n]*))?(?:\|[^<>\n]*)?>"
)
OTHER_BACKENDS = ("projects/", "ibmcloud/", "vaults/", "arn:")
"""How paths of backends begin that have versions, too."""


def read(text: str, start: int) -> Match | None:
    """The placeholder that begins here."""
    found = _PLACEHOLDER.match(text, start)
    if found is None:
        return None
    key, pinned = found["key"].strip(), found["version"]
    location = as_read(found["where"].strip())
    version = version_of(pinned.strip()) if pinned is not None else None
    if location is None or not key or (pinned is not None and (version is None or location.engine != "kv2")):
        return None
    references = (location.reference(key, version, "argocd"),)
    if pinned is None:
        at = found.start("key") + len(found["key"].rstrip())
        return Match(start=start, end=found.end(), references=references, pin=(at, at), before="#")
    begin = found.start("version") + len(pinned) - len(pinned.lstrip())
    return Match(
        start=start, end=found.end(), references=references, pin=(begin, begin + len(pinned.strip()))
    )
