"""What a check of policies needs to know of the repository: its policies, its references, what it renews."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sealward import worktree
from sealward.checks import Needs
from sealward.checks.context import Context
from sealward.checks.vault_policies import Known, judge_together
from sealward.document import Document
from sealward.errors import SealwardError
from sealward.git import Repository, top_of
from sealward.policies.files import FOLDER, is_policy, name_of
from sealward.policies.needs import Renewed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sealward.config import Settings
    from sealward.engine.run import Run
    from sealward.engine.sources import Source, Tree
    from sealward.finding import Finding
    from sealward.rotation.policy.policy import Policies
    from sealward.sealed.contents import Found
    from sealward.vault.client import Client

ROTATION = f"{FOLDER}/rotation.yaml"


def judged(run: Run, listed: Sequence[str], references: Sequence[Found], every: bool) -> Iterator[Finding]:
    """The policies among the paths ``listed``, against what the repository needs; where a sealed file or
    ``rotation.yaml`` is judged, its other policies as well. ``every`` says that all its files were judged."""
    tree, settings = run.surroundings.tree, run.settings
    mine = [path for path in listed if settings.may_be_policy(path, run.asked)]
    files = list(_contents(tree, mine))
    renewing = ROTATION in listed
    if not files and not references and not renewing:
        return
    around = list(_contents(tree, sorted({*_beside(tree, settings)} - set(mine))))
    if renewing:
        files, around = files + around, []
    if not files and not around:
        return
    known = Known(references, every and not run.counts.outside)
    if files and not every:
        known = _gathered(run, tree)
    renewed, broken = renewals(tree)
    yield from judge_together(files, around, known._replace(renewed=renewed, broken=broken), settings)


def alone(run: Run, source: Source, now: float | None = None) -> Iterator[Finding]:
    """What a policy's text shows; of a range of commits that of its end, as nothing secret is in it."""
    if source.commit and run.surroundings.tree.read(source.path) != source.data:
        return
    context = Context(data=source.data, settings=run.settings, now=time.time() if now is None else now)
    document = Document(source.path, "binary", "", (), ())
    for check in run.checks:
        if check.needs is Needs.POLICY:
            yield from check.judge(document, context)


def renewals(tree: Tree) -> tuple[list[Renewed], tuple[int, str] | None]:
    """What ``vault/rotation.yaml`` renews; and where, and why, it cannot be read."""
    data = tree.read(ROTATION)
    if data is None:
        return [], None
    from sealward.rotation.policy.policy import load

    try:
        return renewals_of(load(ROTATION, data)), None
    except SealwardError as error:
        rest = error.message.removeprefix(f"{ROTATION}:")
        line = rest.partition(":")[0]
        return [], (int(line) if line.isdecimal() else 1, error.message)


def renewals_of(policies: Policies) -> list[Renewed]:
    """Each path pattern of the policies, with what makes its values."""
    return [
        Renewed(
            path=path,
            stored=one.every is not None,
            generator=_called(str(one.generator)) if one.generator is not None else "",
            line=one.line,
        )
        for one in policies.policies
        for path in one.paths
    ]


def _called(generator: str) -> str:
    return generator if generator.startswith(("vault-policy:", "rotate-")) else ""


def _contents(tree: Tree, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    for path in paths:
        data = tree.read(path)
        if data is not None:
            yield path, data


def _beside(tree: Tree, settings: Settings) -> Iterator[str]:
    """The policies of the repository, wherever they are judged from."""
    for name in worktree.names(tree.top, FOLDER):
        path = f"{FOLDER}/{name}"
        if settings.may_be_policy(path):
            yield path
    yield from (one.path for one in settings.policies)


def _gathered(run: Run, tree: Tree) -> Known:
    """The references of all sealed files of the tree, opened where a key is at hand."""
    from sealward.document import parse
    from sealward.sealed.contents import found, values
    from sealward.sealed.marks import is_sealed, looks_sealed

    references: list[Found] = []
    complete = True
    top = top_of(tree.top) if tree.top else None
    if top is None:
        return Known((), complete=False)
    for path in Repository(top).tracked():
        data = None if run.settings.skips(path) else tree.read(path)
        document = parse(path, data) if data is not None and looks_sealed(data) else None
        if document is None or not is_sealed(document):
            continue
        opened = run.keys.opened(document)
        complete = complete and not isinstance(opened, SealwardError)
        inside = None if isinstance(opened, SealwardError) else opened
        references += found(document, values(document, inside))
    return Known(references, complete)


def drift(run: Run, listed: Sequence[str], client: Client) -> tuple[list[Finding], list[str]]:
    """Where the server's policies differ from the files among the paths ``listed``; and the names of those
    that the token may not read."""
    from sealward.checks.policy_drift import judge

    tree, settings = run.surroundings.tree, run.settings
    files = _contents(tree, (path for path in listed if settings.may_be_policy(path, run.asked)))
    mine = [(path, data, name_of(path, settings)) for path, data in files if is_policy(path, data, settings)]
    return judge(mine, settings.dialect, client)
