"""The same files as older versions of sops, other editors and other key services leave them: still good."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.corpus.sealed import Sealed

_CREATED = "2024-02-29T12:00:00Z"
_SERVICES: dict[str, dict[str, str]] = {
    "kms": {
        "arn": "arn:aws:kms:eu-west-1:123456789012:key/7e4d0e5b-9d4c-4c59-a9b1-0b0b4f1ed1c5",
        "created_at": _CREATED,
        "enc": "AQICAHh5dGVzdA==",
        "aws_profile": "",
    },
    "gcp_kms": {
        "resource_id": "projects/p/locations/global/keyRings/sops/cryptoKeys/k",
        "created_at": _CREATED,
        "enc": "CiQAdGVzdA==",
    },
    "azure_kv": {
        "vault_url": "https://v.vault.azure.net",
        "name": "sops",
        "version": "0123456789abcdef0123456789abcdef",
        "created_at": _CREATED,
        "enc": "dGVzdHRlc3Q",
    },
    "hc_vault": {
        "vault_address": "https://vault.example.org:8200",
        "engine_path": "sops",
        "key_name": "first",
        "created_at": _CREATED,
        "enc": "vault:v1:dGVzdA==",
    },
}


def variants_of(sealed: Sealed) -> Iterator[Sealed]:
    """Every other form of a sealed file that sops still opens."""
    text = sealed.data.decode()
    forms = {"crlf": text.replace("\n", "\r\n")} if sealed.store in ("yaml", "json", "ini") else {}
    if sealed.store == "yaml":
        forms["bom"] = "\ufeff" + text
        forms["requoted"] = re.sub(r"(: |- )(ENC\[[^\]\n]*\])$", r'\1"\2"', text, flags=re.MULTILINE)
        forms["reindented"] = re.sub(r"^(?: {4})+", lambda match: match[0][::2], text, flags=re.MULTILINE)
        forms["comments"] = f"---\n# by hand, about nothing secret\n\n{text}"
        forms["old-lists"] = re.sub(
            r"^sops:\n", "sops:\n    kms: []\n    gcp_kms: []\n    azure_kv: []\n", text, flags=re.MULTILINE
        )
    if sealed.store in ("json", "binary"):
        forms["compact"] = json.dumps(json.loads(text), ensure_ascii=False)
        forms["nulls"] = text.replace('"sops": {', '"sops": {"kms": null, "gcp_kms": null, "pgp": null,')
    if sealed.store == "json":
        forms["in-yaml"] = forms["compact"]
    for name, form in forms.items():
        if "pgp" not in sealed.name or name != "nulls":
            store = "yaml" if name == "in-yaml" else sealed.store
            path = sealed.path.replace(".json", ".yaml") if name == "in-yaml" else sealed.path
            yield sealed._replace(name=f"{sealed.name}/{name}", store=store, path=path, data=form.encode())
    if sealed.store != "binary":
        yield sealed._replace(name=f"{sealed.name}/other-suffix", path=f"{sealed.path}.sealed")
    for kind, stanza in _SERVICES.items() if sealed.store in ("yaml", "json") else ():
        if "group" not in sealed.name:
            data = _with_key(sealed.store, text, kind, stanza).encode()
            yield sealed._replace(name=f"{sealed.name}/{kind}", data=data, rules=b"")


def _with_key(store: str, text: str, kind: str, stanza: dict[str, str]) -> str:
    """One more key, of a service that is out of reach here; the others still open the file."""
    added = json.dumps({kind: [stanza]})[1:-1]
    if store == "json":
        return text.replace('"sops": {', f'"sops": {{{added},')
    return re.sub(r"^sops:\n", f"sops:\n    {added}\n".replace("\\", "\\\\"), text, flags=re.MULTILINE)
