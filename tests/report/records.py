"""Fixed records, as every report shows them: findings, references, rotations, re-encryptions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sealward.document import parse
from sealward.errors import SealwardError
from sealward.finding import Finding, Place, Severity
from sealward.plaintext import Plaintext
from sealward.reencryption.exposure import Exposure
from sealward.reencryption.newcomers import Newcomer
from sealward.reencryption.resealing import Intent, Resealed
from sealward.references.syntax import find_all
from sealward.report import Summary
from sealward.report.reencryptions import Reencryption
from sealward.rotation.batch import Outcome
from sealward.rotation.plan import Plan, Target
from sealward.rotation.programs import Program, Role
from sealward.rotation.retirement.notes import Retirement
from sealward.rotation.retirement.revoking import Kind, Obstacle, Retired
from sealward.sealed.files import Sealed, Site
from sealward.sealed.unsealed import Place as Mentioned
from sealward.sops.reading.decrypted import Decrypted, Mac
from sealward.status.standing import Standing
from sealward.status.survey import Survey

FINDINGS = [
    Finding(
        rule="plaintext-value",
        place=Place("a b/sé.enc.yaml", 4, 7, "db.password"),
        message="stands in clear",
        hint="seal it",
    ),
    Finding(
        rule="data-key-kept",
        place=Place("a b/sé.enc.yaml", 9, 1, "sops"),
        message="left",
        hint="rotate",
        severity=Severity.WARNING,
    ),
    Finding(rule="not-sealed", place=Place("other,file:1.json"), message="100% is\nnot", hint="seal it"),
    Finding(
        rule="plaintext-value",
        place=Place("list.yaml", 2, 3, "items[3]"),
        message="stands in clear",
        hint="seal it",
    ),
]
SUMMARY = Summary(7, 2)
FULL = Summary(
    read=7,
    sealed=2,
    outside=1,
    left_out=(("symbolic link", 2), ("in Git LFS", 1)),
    suppressed=(
        FINDINGS[0].but(suppressed="an allow-list comment"),
        FINDINGS[2].but(suppressed="an example"),
    ),
)
"""A run in which something of everything was left out."""

DAY = 86400
NOW = 20_000.0 * DAY


def standing(key_path: str = "bot.api_key", **fields: Any) -> Standing:
    secret = {"secret": "secret/bot/binance", "key": "api_key", "pinned": 1, "latest": 1, "policy": "trading"}
    return Standing("a.enc.yaml", 3, key_path, NOW, **{**secret, **fields})


ALL = Survey(
    (
        standing(created=NOW - 9 * DAY, every=7 * DAY, source="vault", latest=3),
        standing("bot.ok", created=NOW - DAY, every=7 * DAY, source="vault"),
        standing("db.user", pinned=None, latest=None, dynamic=True, ttl=7200, limit=3600),
        standing("bad\x1b[31mkey", gone=True, note="version 1 is deleted"),
        standing("free", policy="", created=NOW - 90, pinned=None),
    ),
    ("b.enc.yaml",),
    ("alerts",),
)
MENTIONED = ALL._replace(mentioned=(Mentioned("k8s/app.yaml", 7, "secret/bot/binance", 2),))


def sealed(path: str, *references: str) -> Sealed:
    """A file whose values are references: as if it had been opened."""
    text = "".join(f"key{number}: {one}\n" for number, one in enumerate(references))
    document = parse("a.yaml", text.encode())
    sites = tuple(
        Site(leaf, Plaintext(leaf.text.encode()), reference)
        for leaf in document.leaves
        for reference in find_all(leaf.text)
    )
    return Sealed(
        path=path,
        file=Path("/repository", path),
        data=text.encode(),
        document=document,
        opened=Decrypted((), (), Mac.VERIFIED),
        sites=sites,
    )


PROGRAM = Program(Role.VERIFY, ("./try", "--for", "a b"), ("VAULT_TOKEN",))
TARGET = Target(
    mount="secret",
    path="bot/binance",
    keys=("api_key", "api_secret"),
    how="made by hex:32",
    make=lambda _: {},
    programs=(PROGRAM,),
)
FIRST = sealed(
    "a.enc.yaml",
    "vault:secret/data/bot/binance#api_key#1",
    "vault:secret/data/bot/binance#api_secret#1",
    "vault:secret/data/bot/binance#api_key",
)
SECOND = sealed("b c.enc.yaml", "vault:secret/data/bot/binance#api_key#1")
PLAN = Plan(
    target=TARGET,
    current=1,
    new=2,
    files=(FIRST, SECOND),
    pinned=((FIRST, FIRST.sites[0]), (FIRST, FIRST.sites[1]), (SECOND, SECOND.sites[0])),
    unpinned=((FIRST, FIRST.sites[2]),),
    resumes=False,
    good=1,
)
RESUMED = PLAN._replace(resumes=True, target=TARGET._replace(path="bot/kraken", programs=(), grace=60))
ADOPTED = PLAN._replace(resumes=True, target=TARGET._replace(path="bot/wallet", programs=(), adopts=2))
OUTCOME = Outcome(
    done=(PLAN, RESUMED, ADOPTED),
    failed=((TARGET._replace(path="bot/other"), SealwardError("Vault is sealed", "unseal it")),),
)
OLD = Retirement(mount="secret", path="bot/kraken", version=1, keys=("key",), due=NOW)
RETIRED = Retired(
    done=(OLD,),
    waiting=((OLD._replace(version=2), Obstacle(Kind.GRACE, "from 2024-10-05T00:00:00Z on")),),
    failed=((OLD._replace(version=3), SealwardError("the program failed", "see why")),),
)
LEFT = (
    Mentioned("k8s/app.yaml", 7, "secret/bot/binance", 1),
    Mentioned("docs/x.md", 3, "secret/bot/binance", None, "on https://other.example.org"),
)

NEW_KEY, OLD_KEY = (
    ("age", "age1yt3tfqlfrwdwx0z0ynwplcr6qxcxfaqycuprpmy89nr83ltx74tqdpszlw"),
    ("pgp", "FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4"),
)
RESEALED = Resealed(
    FIRST,
    FIRST,
    Intent(
        sealed=FIRST,
        found=None,
        changes=(
            "recipient + age age1yt3tfqlfrwdwx0z0ynwplcr6qxcxfaqycuprpmy89nr83ltx74tqdpszlw",
            "recipient - pgp FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4",
        ),
        reselected=False,
        rotated=True,
        renewed=True,
    ),
)
EXPOSED = (
    Exposure("a.enc.yaml", (OLD_KEY,), tuple(site.reference for site in FIRST.sites), 2),
    Exposure("d.enc.yaml", (OLD_KEY,), tuple(find_all("vault:database/creds/bot#username")), 0),
)
REENCRYPTION = Reencryption(
    finished=1,
    changing=(RESEALED,),
    total=3,
    exposed=EXPOSED,
    done=False,
    newcomers=(Newcomer(NEW_KEY, ("a.enc.yaml", "d.enc.yaml"), "yubikey"),),
)
