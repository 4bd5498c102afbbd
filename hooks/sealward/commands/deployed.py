"""The actions of ``sealward deploy`` that print what is, or what would be applied: status, render, rbac."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from sealward.commands.deployment import TargetOptions, looked
from sealward.deploy import inventory, rbac, render
from sealward.deploy.api import Api
from sealward.deploy.proxy import serve
from sealward.deploy.resolution import Resolver
from sealward.deploy.settings import FILE
from sealward.deploy.source import Source
from sealward.deploy.standing import Standing, newer
from sealward.errors import SealwardError
from sealward.git import Repository
from sealward.report.deployed import as_data, as_text
from sealward.report.repins import Repins
from sealward.sops.reading.identities import find as find_identities
from sealward.terminal import is_terminal, say, say_json
from sealward.vault.connection import connect

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from sealward.deploy.rbac import Subject
    from sealward.deploy.shape import Json


def status(options: argparse.Namespace) -> int:
    """Every target, or one: what differs from Git, what runs with a former value, what Vault has newer."""
    with Repository.around() as repository:
        source = Source(repository, find_identities(), worktree=options.worktree)
        names = [options.target] if options.target else source.targets()
    found = []
    for name in names:
        with looked(TargetOptions.of(options, name), dry_runs=False) as one:
            references = (
                reference
                for change in one.made.changes
                for entry in change.resolved.wanted.entries.values()
                for reference in entry.references
            )
            found.append(
                Standing(
                    target=name,
                    cluster=one.asked.target.cluster.name,
                    commit=one.asked.commit,
                    plan=one.made,
                    newer=newer(references, connect),
                )
            )
    if options.format == "json":
        say_json([as_data(one) for one in found])
    else:
        say(line for one in found for line in as_text(one))
    return int(options.check and any(one.differs for one in found))


def pins(options: argparse.Namespace) -> int:
    """What an apply would re-pin, by the inventory alone: no value is read anywhere."""
    with Repository.around() as repository:
        source = Source(repository, find_identities(), worktree=options.worktree)
        target = source.target(options.target)
        if not target.annotate:
            hint = "leave out --pins, or `annotate: false`"
            raise SealwardError(
                f"the target {target.name} keeps no pins in the cluster to compare with", hint
            )
        commit = source.commit(target, unpinned=options.allow_unpinned)
    with serve(target.cluster) as socket:
        held = inventory.read(Api(socket, target.cluster.name), target)
    found = Repins.of(target.name, commit.wanted, held)
    if options.format == "json":
        say_json(found.as_data())
    else:
        say(found.as_markdown() if options.format == "github" else found.as_text())
    return int(found.differs)


def show(options: argparse.Namespace) -> int:
    """Print the manifests, with references in the place of values unless values are asked for twice."""
    if options.values:
        _check_values(options)
    with Repository.around() as repository:
        source = Source(repository, find_identities(), worktree=options.worktree)
        commit = source.commit(source.target(options.target), unpinned=options.allow_unpinned)
    if options.values:
        _print(render.values(one) for one in Resolver(connect).resolve(commit.wanted))
    else:
        _print(render.references(one) for one in commit.wanted)
    return 0


def role(options: argparse.Namespace) -> int:
    """Print the least role that an apply needs."""
    with Repository.around() as repository:
        source = Source(repository, find_identities(services=False), worktree=options.worktree)
        target = source.target(options.target)
        subject = _subject(options.to, target.namespace)
        _print(rbac.objects(target, source.names(target), subject))
    return 0


def _check_values(options: argparse.Namespace) -> None:
    """Raises SealwardError unless somebody means it, and the values go into a pipe or a file of theirs."""
    if not options.yes_print_secrets:
        hint = "without --values references stand in their place; apply needs no output at all"
        raise SealwardError("--values prints secrets: it needs --yes-print-secrets, too", hint)
    if is_terminal(sys.stdout):
        hint = "pipe it on: `… | kubectl apply --server-side -f -`"
        raise SealwardError("--values does not print secrets to a terminal", hint)


def _subject(text: str, namespace: str) -> Subject:
    """``serviceaccount:[NAMESPACE/]NAME``, ``user:NAME`` or ``group:NAME``."""
    kind, _, name = text.partition(":")
    kinds = {"serviceaccount": "ServiceAccount", "user": "User", "group": "Group"}
    if kind not in kinds or not name:
        raise SealwardError(
            f"--to {text!r} is not understood", "such as serviceaccount:ci/deployer, user:ann"
        )
    space, _, short = name.rpartition("/") if kind == "serviceaccount" else ("", "", name)
    return rbac.Subject(kinds[kind], short, (space or namespace) if kind == "serviceaccount" else "")


def _print(objects: Iterable[Json]) -> None:
    """One document an object; JSON is YAML, and nothing in it needs quoting rules."""
    found = list(objects)
    if not found:
        raise SealwardError(f"{FILE} names no Secret", "docs/deploy.md shows how")
    print("".join(f"---\n{json.dumps(one, indent=2)}\n" for one in found), end="", flush=True)
