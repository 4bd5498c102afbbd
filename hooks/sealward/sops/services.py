"""Where a sealed file, or a creation rule, may make sops go with the operator's credentials.

A stanza is written by anybody, and no MAC covers it: the address of a Vault server, an AWS role or profile,
the URL of an Azure vault in it are wishes. They are followed only where the operator's own environment names
the same.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from sealward.addresses import address_of, is_accepted
from sealward.document.model import Mapping
from sealward.patterns import Late, late
from sealward.sops.format.creation_rules import recipient_of
from sealward.sops.format.metadata import Metadata
from sealward.sops.format.recipients import whole

if TYPE_CHECKING:
    from collections.abc import Mapping as Variables

    from sealward.addresses import Address
    from sealward.document import Document
    from sealward.sops.format.creation_rules import Recipient

VAULTS = "SEALWARD_VAULT_TRANSIT"
"""The operator's variable with the addresses of further Vault servers for ``hc_vault``, with commas."""
SERVICES = "SEALWARD_KEY_SERVICES"
"""The same for what else a file may name: Azure vault URLs, AWS role ARNs and profiles."""
HTTP = "SEALWARD_VAULT_HTTP"
"""``true`` where a token may travel to another machine without TLS."""

_TRANSIT = late(r"([^/]+//[^/]+)/{1,2}v1/((?:[A-Za-z0-9_.-]+/)+)keys/([A-Za-z0-9_.-]+)")
"""Neither engine nor key leads elsewhere: sops joins them to a path and writes there, with the token."""
_AZURE = late(
    r"(?i)https://[a-z0-9-]+\.(?:vault\.azure\.(?:net|cn)|vault\.usgovcloudapi\.net"
    r"|vault\.microsoftazure\.de|managedhsm\.azure\.(?:net|cn)|managedhsm\.usgovcloudapi\.net)(?::443)?/?"
)
_ARN = late(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]+:(?:key|alias)/[A-Za-z0-9_./:-]+")
_GCP = late(
    r"projects/[^/\s]+/locations/[^/\s]+/keyRings/[^/\s]+/cryptoKeys/[^/\s]+(?:/cryptoKeyVersions/[0-9]+)?"
)
_HUAWEI = late(r"[a-z0-9-]+:[A-Za-z0-9-]+")
_FINGERPRINT = late(r"[0-9A-Fa-f]{8,64}!?")


class Objection(NamedTuple):
    """Why a stanza is passed over: whom it points to, and the way out."""

    reason: str
    hint: str


class Holders(NamedTuple):
    """Whom a file's stanzas name. ``unclear`` says that sops may read the block otherwise than we do: Go's
    JSON takes ``VAULT_ADDRESS`` for ``vault_address``, and ``SOPS`` for ``sops``."""

    recipients: frozenset[Recipient]
    unclear: bool = False

    @classmethod
    def of(cls, document: Document) -> Holders:
        """Those of a sealed document; nobody where it has no metadata block."""
        if document.metadata is None:
            return cls(frozenset())
        metadata = Metadata(document.metadata)
        root = document.parts[0].root
        names = [entry.key.text for entry in root.entries] if isinstance(root, Mapping) else []
        twice = document.store in ("json", "binary") and any(name.casefold() == "sops" for name in names)
        recipients = frozenset(recipient_of(key) for key in metadata.keys)
        return cls(recipients, unclear=twice or bool(metadata.unknown))

    def joined(self, others: frozenset[Recipient]) -> Holders:
        """These and those of a rule."""
        return self._replace(recipients=self.recipients | others)


_UNCLEAR = Objection(
    "its metadata has fields that sops does not write, and may take for others",
    "restore the last good version of the file",
)


class Operator(NamedTuple):
    """What the operator's environment points to."""

    vaults: frozenset[Address]
    further: frozenset[Address]
    others: frozenset[str]
    cleartext: bool

    @classmethod
    def of(cls, environment: Variables[str, str] | None = None) -> Operator:
        """Read ``VAULT_ADDR``, ``BAO_ADDR``, ``AWS_PROFILE`` and our own lists. Never raises."""
        get = (os.environ if environment is None else environment).get
        own = (origin_of(get(name, "").strip()) for name in ("VAULT_ADDR", "BAO_ADDR"))
        listed = map(origin_of, _items(get(VAULTS, "")))
        others = {_plain(item) for item in (*_items(get(SERVICES, "")), get("AWS_PROFILE", "")) if item}
        return cls(
            vaults=frozenset(one for one in own if one is not None),
            further=frozenset(one for one in listed if one is not None),
            others=frozenset(others),
            cleartext=is_accepted(get(HTTP, "")),
        )

    def objection(self, recipient: Recipient) -> Objection | None:
        """Why sops is not to use the key of a stanza, or of a rule; None where nothing is against it."""
        kind, name = recipient
        if kind == "hc_vault":
            return self._vault(name)
        if kind == "azure_kv":
            return self._named("the Azure vault", name.partition("/keys/")[0], _AZURE)
        if kind == "kms":
            return self._amazon(name)
        pattern = {"gcp_kms": _GCP, "hckms": _HUAWEI, "pgp": _FINGERPRINT}.get(kind)
        if pattern is not None and not pattern.fullmatch(name):
            return Objection(
                f"its {kind} key {whole(name)} is not a name of such a key", "correct or remove it"
            )
        return None

    def objections(self, holders: Holders) -> dict[str, Objection]:
        """By key kind, what is against using it: sops takes all stanzas of a kind, or none of them."""
        found: dict[str, Objection] = {}
        for recipient in sorted(holders.recipients):
            unclear = holders.unclear and recipient[0] != "age"
            objection = _UNCLEAR if unclear else self.objection(recipient)
            if objection is not None:
                found.setdefault(recipient[0], objection)
        return found

    def _vault(self, name: str) -> Objection | None:
        match = _TRANSIT.fullmatch(name)
        origin = origin_of(match[1]) if match else None
        if match is None or origin is None or {".", ".."} & {*match[2].split("/"), match[3]}:
            return Objection(f"its Vault transit key {whole(name)} is not one", "correct or remove it")
        address = match[1]
        if origin in self.further:
            return None
        if origin not in self.vaults:
            hint = f"if it is yours, set VAULT_ADDR or {VAULTS} to {address}"
            return Objection(f"it names the Vault at {address}, which VAULT_ADDR does not", hint)
        if origin.is_open and not self.cleartext:
            hint = f"use https, or allow it with {HTTP}=true"
            return Objection(f"it names the Vault at {address}, on another machine without TLS", hint)
        return None

    def _amazon(self, name: str) -> Objection | None:
        arn, *rest = name.split("|")
        arn, _, role = arn.partition("+")
        if not _ARN.fullmatch(arn):
            return Objection(f"its kms key {whole(arn)} is not the ARN of a key", "correct or remove it")
        if role and role not in self.others:
            return _not_named("the AWS role", role)
        profiles = [part for part in rest if not _is_context(part)]
        profile = next((part for part in profiles if part not in self.others), None)
        return None if profile is None else _not_named("the AWS profile", profile)

    def _named(self, what: str, name: str, usual: Late) -> Objection | None:
        if usual.fullmatch(name) or _plain(name) in self.others:
            return None
        return _not_named(what, name)


def origin_of(text: str) -> Address | None:
    """The server that an address names, and nothing else: with a scheme, without a path."""
    found = address_of(text)
    return found if found is not None and found.scheme and not found.path else None


def _not_named(what: str, name: str) -> Objection:
    hint = f"if it is yours, add it to {SERVICES}"
    from sealward.detectors import hidden

    return Objection(f"it names {what} {hidden(name)}, which the environment does not", hint)


def _is_context(part: str) -> bool:
    return bool(part) and all(":" in pair for pair in part.split(","))


def _items(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def _plain(name: str) -> str:
    return name.rstrip("/")
