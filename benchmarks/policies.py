"""Which rule governs a path: our answer beside the real server's, over many random policies and paths.

    python -m benchmarks.policies [PAIRS] [SEED]

Each token has up to three policies, some with limits on parameters, some with templates that its entity
fills in. Prints how many pairs were asked about, how many were granted anything, and every difference.
"""

from __future__ import annotations

import random
import sys

from tests.support import policies as drawn

from sealward.demo.bao_server import dev_server
from sealward.policies import policy
from sealward.policies.acl import Book
from sealward.vault.connection import connect

PAIRS = 100_000
BATCH = 1_000
TEMPLATES = (
    "{{identity.entity.name}}",
    "{{identity.entity.metadata.team}}",
    "{{identity.entity.metadata.none}}",
)
ENTITY = "drawn"
TEAM = "b"
UNKNOWN = "unknown"
"""In the place of a template that cannot be filled in: the server drops such a rule."""


def main(pairs: int, seed: int) -> int:
    """Ask about so many pairs; returns 1 where any answer differs."""
    chance = random.Random(seed)
    asked = granted = differing = 0
    with dev_server() as server:
        client = connect({"BAO_ADDR": server.address, "BAO_TOKEN": server.root_token})
        client.post("identity/entity", name=ENTITY, metadata={"team": TEAM})
        entity = client.get(f"identity/entity/name/{ENTITY}")["id"]
        accessor = client.get("sys/auth")["token/"]["accessor"]
        client.post("identity/entity-alias", name=ENTITY, canonical_id=entity, mount_accessor=accessor)
        client.post(
            "auth/token/roles/drawn", allowed_entity_aliases=[ENTITY], allowed_policies_glob=["drawn-*"]
        )
        while asked < pairs:
            count = chance.choice((1, 1, 2, 3))
            rules = [
                [drawn.rule(chance, TEMPLATES) for _ in range(chance.randint(4, 12))] for _ in range(count)
            ]
            texts = ["".join(rule.text for rule in some) for some in rules]
            names = [f"drawn-{number}" for number in range(count)]
            for name, text in zip(names, texts, strict=True):
                assert drawn.write(client, name, text), text
            token = drawn.token(client, names, ENTITY)
            patterns = [filled(rule.pattern) for some in rules for rule in some]
            paths = list(
                {path for path in (drawn.path(chance, patterns).lstrip("/") for _ in range(BATCH)) if path}
            )
            read = (one for text in texts for one in policy.read(filled(text).encode(), "openbao").rules)
            ours = policy.merged(one for one in read if UNKNOWN not in one.text)
            book = Book(ours)
            for path, said in drawn.asked(client, token, paths).items():
                winner = book.governs(path, listing=True)
                asked += 1
                granted += said != {"deny"}
                if ((ours[winner] if winner else set()) or {"deny"}) != said:
                    differing += 1
                    print(f"{path!r}: the server says {sorted(said)}, we {winner}, of\n{''.join(texts)}")
    print(f"{asked} pairs, {granted} granted, {differing} differences (seed {seed})")
    return int(differing > 0)


def filled(text: str) -> str:
    """A text with its templates filled in as for the entity."""
    for template, value in zip(TEMPLATES, (ENTITY, TEAM, UNKNOWN), strict=True):
        text = text.replace(template, value)
    return text


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:3]]
    sys.exit(main(*(given + [PAIRS, 1][len(given) :])))
