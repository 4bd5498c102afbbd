"""Random policies and paths, close enough to each other that rules contend; and what the server says."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import random

    from sealward.vault.client import Client

WORDS = ("a", "b", "ab", "a+", "data", "", "1")
CAPABILITIES = ("create", "read", "update", "delete", "list", "sudo", "patch", "scan")
_NUMBERS = itertools.count(1)


class Drawn(NamedTuple):
    """A pattern and its capabilities; how the rule is written as HCL."""

    pattern: str
    capabilities: tuple[str, ...]
    text: str


def pattern(chance: random.Random, templates: tuple[str, ...] = ()) -> str:
    """A pattern of up to four segments, with wildcards where they count and where they do not."""
    parts = [
        chance.choice(("+", *WORDS, *WORDS, *templates)) + ("*" if chance.random() < 0.03 else "")
        for _ in range(chance.randint(1, 4))
    ]
    text = chance.choice(("", "", "", "/")) + "kv/" * chance.randint(0, 1) + "/".join(parts)
    text += chance.choice(("", "", "*", "/*", "/"))
    return text.replace("+*", "+/*")


def rule(chance: random.Random, templates: tuple[str, ...] = ()) -> Drawn:
    """A rule with a few capabilities; rarely ``deny``, none, or a limit on parameters."""
    names = tuple(chance.sample(CAPABILITIES, chance.randint(0, 3)))
    if chance.random() < 0.15:
        names = ("deny", *names[:1])
    where = pattern(chance, templates)
    limits = chance.choice(
        ("", "", "", "allowed_parameters = { x = [] }\n", "denied_parameters { y = [] }\n")
    )
    written = ", ".join(f'"{name}"' for name in names)
    return Drawn(where, names, f'path "{where}" {{\n  capabilities = [{written}]\n  {limits}}}\n')


def path(chance: random.Random, patterns: list[str]) -> str:
    """A path that some pattern may match: one of them filled in, or any other."""
    text = chance.choice(patterns) if patterns and chance.random() < 0.8 else pattern(chance)
    text = "/".join(chance.choice(WORDS) if part == "+" else part for part in text.split("/"))
    if text.endswith("*"):
        text = text[:-1] + chance.choice(("", "a", "b/a", "/a", "a/b/1"))
    return text + chance.choice(("", "", "", "/"))


def write(client: Client, name: str, text: str) -> bool:
    """Write a policy; whether the server takes it."""
    from sealward.vault.transport import VaultError

    try:
        client.post(f"sys/policies/acl/{name}", policy=text)
    except VaultError as error:
        if error.status != 400:
            raise
        return False
    return True


def token(client: Client, names: list[str], entity: str = "") -> str:
    """A token with policies, and nothing else."""
    body = {"policies": names, "no_default_policy": True, "ttl": "1h"}
    where = f"auth/token/create/{entity}" if entity else "auth/token/create"
    if entity:
        body["entity_alias"] = entity
    answer = client.transport.request("post", where, json=body)
    return str(answer["auth"]["client_token"])


def asked(client: Client, token: str, paths: list[str]) -> dict[str, set[str]]:
    """What the server says a token may do on each path."""
    answer = client.transport.request("post", "sys/capabilities", json={"token": token, "paths": paths})
    return {one: set(answer["data"][one]) for one in paths}
