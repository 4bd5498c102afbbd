"""``sealward policies``: which rule governs a path, and the least policy of a role."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from sealward import worktree
from sealward.commands.options import add_format
from sealward.errors import SealwardError
from sealward.terminal import printable, say_json

if TYPE_CHECKING:
    import argparse

    from sealward.config import Role, Settings
    from sealward.policies.contest import Explained, Side
    from sealward.policies.needs import Needs
    from sealward.policies.policy import Essence, Policy

DESCRIPTION = "Say which rule of a policy governs a path, or write the least policy of a role."

EPILOG = """\
Examples:
  sealward policies explain vault/bot.hcl secret/data/bot/kraken   which rule governs, and why no other
  sealward policies explain vault/bot.hcl vault/ci.hcl secret/metadata/bot/   of a token with both
  sealward policies generate rotator > vault/rotator.hcl           the least that the role needs here
  sealward policies generate rotator --check                       exit status 1 if the file grants otherwise

Roles: reader (an application), rotator (`sealward rotate`), ci (versions without values). No server is
asked. What a role needs comes from the references of the sealed files, which a key must open, and from
vault/rotation.yaml. `sealward check --only vault-policies` judges policies that people wrote.
Exit status: 0 done, 1 it differs (generate --check), 2 could not do it (one line says why).
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.set_defaults(now=time.time)
    parser.add_argument("action", choices=("explain", "generate"), help="what to do")
    parser.add_argument(
        "names", nargs="+", metavar="NAME", help="POLICY... PATH to explain; ROLE to generate"
    )
    parser.add_argument("--list", action="store_true", help="explain: as LIST asks, which may end in a slash")
    parser.add_argument(
        "--check", action="store_true", help="generate: compare with the file, print what differs"
    )
    parser.add_argument(
        "--file", metavar="FILE", help="generate: the policy's file (default: the role's in vault/)"
    )
    add_format(parser)


def main(options: argparse.Namespace) -> int:
    """Run ``sealward policies``; returns the exit status. Raises SealwardError."""
    if options.action == "explain":
        return _explain(options)
    return _generate(options)


def _explain(options: argparse.Namespace) -> int:
    from sealward.policies.contest import explained

    if len(options.names) < 2:
        raise SealwardError(
            "a policy and a path are needed", "sealward policies explain vault/bot.hcl secret/data/app"
        )
    settings = _settings()
    policies = [(name, _read(name, settings)) for name in options.names[:-1]]
    found = explained(policies, options.names[-1], options.list, options.now())
    if options.format == "json":
        say_json(_as_data(found))
    else:
        sys.stdout.write("".join(f"{printable(line)}\n" for line in _as_text(found)))
    return 0


def _generate(options: argparse.Namespace) -> int:
    from sealward.config import ROLE_NAMES
    from sealward.policies.least import written

    role = ROLE_NAMES.get(options.names[0])
    if role is None or len(options.names) > 1:
        given = " ".join(options.names)
        raise SealwardError(
            f"no role is called {given!r}", f"there are: {', '.join(sorted(set(ROLE_NAMES.values())))}"
        )
    file = options.file or _file_of(role, options.check)
    text = written(_needs(role, file))
    if not options.check:
        if options.format == "json":
            say_json({"role": role, "policy": text})
        else:
            sys.stdout.write(text)
        return 0
    from sealward.policies import policy

    settings = _settings()
    mine, wanted = (
        policy.essence(_read(file, settings).rules),
        policy.essence(policy.read(text.encode()).rules),
    )
    differing = [
        f"{one}: {_granted(wanted.get(one))} is needed, {_granted(mine.get(one))} is granted"
        for one in sorted({*mine, *wanted})
        if mine.get(one) != wanted.get(one)
    ]
    if options.format == "json":
        say_json({"role": role, "file": file, "differs": differing})
    else:
        sys.stdout.write(
            "".join(f"{printable(line)}\n" for line in differing)
            or f"{file} is the least that its role needs\n"
        )
    return int(bool(differing))


def _granted(one: Essence | None) -> str:
    if one is None:
        return "nothing"
    names = ", ".join(sorted(one.names)) or "nothing"
    return names + (f" ({', '.join(name for name, _ in one.limits)})" if one.limits else "")


def _needs(role: Role, file: str) -> Needs:
    """What a role needs in the repository around. Raises SealwardError where a sealed file stays closed."""
    from sealward.document import dotted
    from sealward.engine.policies import renewals_of
    from sealward.finding import Place
    from sealward.git import Repository
    from sealward.policies.files import references_of
    from sealward.policies.needs import needs_of
    from sealward.rotation.policy.policy import find as find_policies
    from sealward.sealed.contents import Found
    from sealward.sealed.files import openable
    from sealward.sops.reading.identities import find as find_identities

    with Repository.around() as repository:
        renewed = renewals_of(find_policies(repository.top))
        sealed, closed = openable(repository, find_identities(services=False))
        if closed and role != "rotator":
            hint = "set SOPS_AGE_KEY_FILE to an identity that opens it"
            raise SealwardError(f"{closed[0]}: no key opens it, so nobody knows what it refers to", hint)
        found = [
            Found(Place(one.path, site.leaf.line, site.leaf.column, dotted(site.leaf.path)), site.reference)
            for one in sealed
            for site in one.sites
        ]
    return needs_of(role, references_of(file, _settings(), found), renewed, not closed)


def _file_of(role: Role, needed: bool) -> str:
    """The policy file of a role; empty where there is none, or where several are and none is needed."""
    from sealward.git import Repository
    from sealward.policies.files import FOLDER, role_of

    top = Repository.around().top
    settings = _settings()
    names = {f"{FOLDER}/{name}" for name in worktree.names(top, FOLDER) if name.endswith(".hcl")}
    found = sorted(
        one for one in names | {one.path for one in settings.policies} if role_of(one, settings) == role
    )
    if len(found) == 1:
        return found[0]
    if needed:
        raise SealwardError(f"{len(found)} policies are for the role {role}", "name one: --file vault/….hcl")
    return ""


def _settings() -> Settings:
    from functools import partial

    from sealward import config
    from sealward.git import top_of

    top = top_of(".")
    return config.read(partial(worktree.configuration, top)) if top else config.DEFAULT


def _read(path: str, settings: Settings) -> Policy:
    """A policy file. Raises SealwardError where it is not there, or no server would take it."""
    from sealward.git import top_of
    from sealward.policies import policy

    data = worktree.reader(".")(path)
    if data is None:
        top = top_of(".")
        data = worktree.reader(top)(path) if top else None
    if data is None:
        raise SealwardError(f"{path}: no such file", "name a policy's file")
    found = policy.read(data, settings.dialect)
    for problem in found.problems:
        hint = problem.hint or "fix it: the server refuses the policy"
        raise SealwardError(f"{path}:{problem.at.line}:{problem.at.column}: {problem.reason}", hint)
    return found


def _as_data(found: Explained) -> dict[str, object]:
    def side(one: Side) -> dict[str, object]:
        return one._asdict()

    return {
        "path": found.path,
        "winner": side(found.winner) if found.winner else None,
        "losers": [side(one) for one in found.losers],
        "hint": found.hint,
    }


def _as_text(found: Explained) -> list[str]:
    if found.winner is None:
        hint = f"; {found.hint}" if found.hint else ""
        return [f"{found.path}: no rule matches, so nothing is granted{hint}"]
    lines = [
        f"{found.path}: {_grants(found.winner)}",
        f"  governs: `{found.winner.pattern}` ({', '.join(found.winner.places)})",
    ]
    lines += [
        f"  loses:   `{one.pattern}` ({', '.join(one.places)}), which {_grants(one)}: {one.why}"
        for one in found.losers
    ]
    return lines


def _grants(one: Side) -> str:
    if "deny" in one.capabilities:
        return "is denied" if not one.why else "denies"
    names = ", ".join(one.capabilities) or "nothing"
    return f"{names} is granted" if not one.why else f"grants {names}"
