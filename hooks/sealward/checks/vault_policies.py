"""``vault-policies``: policies of Vault are taken by the server, grant what is needed, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.finding import Finding, Place
from sealward.policies import judge as verdict
from sealward.policies.files import is_narrowed, is_policy, read, references_of, role_of
from sealward.policies.judge import Held
from sealward.policies.needs import mounts, needs_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sealward.checks.context import Context
    from sealward.config import Settings
    from sealward.document import Document
    from sealward.policies.needs import Renewed
    from sealward.sealed.contents import Found


class Known(NamedTuple):
    """What a repository needs of the server: its references, whether these are all, what is renewed, and
    what is wrong with the file that says so (its line, a reason)."""

    found: Sequence[Found]
    complete: bool
    renewed: Sequence[Renewed] = ()
    broken: tuple[int, str] | None = None


def judge(document: Document, context: Context) -> Iterator[Finding]:
    """What a policy's text shows by itself."""
    path, settings = document.path, context.settings
    if is_policy(path, context.data, settings):
        held = Held(path, read(context.data, settings), role_of(path, settings))
        yield from verdict.alone(held, context.now)


def judge_together(
    files: Sequence[tuple[str, bytes]], others: Sequence[tuple[str, bytes]], known: Known, settings: Settings
) -> Iterator[Finding]:
    """Policies (path, content) against what the repository needs; of ``others``, which are not what is
    judged, only whether they grant what is referred to."""
    if known.broken is not None and files:
        line, reason = known.broken
        message = f"nobody knows what the policies need: {reason}"
        yield Finding(
            rule="broken-rotation-policy",
            place=Place("vault/rotation.yaml", line),
            message=message,
            hint="fix it: status and rotate stop at it, too",
        )
    held = [_held(path, data, settings) for path, data in files if is_policy(path, data, settings)]
    beside = [_held(path, data, settings) for path, data in others if is_policy(path, data, settings)]
    versioned = mounts(known.found, known.renewed) | _evident(held + beside)
    for one in held:
        if not one.policy.problems:
            yield from verdict.without_data(one, versioned)
            if one.role is not None and known.broken is None:
                yield from _of_role(one, held + beside, known, settings, versioned)
    for one in beside:
        if one.role is not None and known.broken is None and not one.policy.problems:
            found = references_of(one.path, settings, known.found)
            if not _is_shared(one, held + beside, settings) and one.role == "reader":
                needs = needs_of(one.role, found, (), complete=False)
                yield from verdict.uncovered(one, needs, versioned)


def _of_role(
    one: Held, every: Sequence[Held], known: Known, settings: Settings, versioned: frozenset[str]
) -> Iterator[Finding]:
    assert one.role is not None
    found = references_of(one.path, settings, known.found)
    renewed = known.renewed
    if one.role == "rotator" and not renewed:
        return  # what it renews stands elsewhere: nobody here knows what it needs
    if is_narrowed(one.path, settings) and one.role == "ci":
        renewed = [rule for rule in renewed if _is_met(rule, found)]
    needs = needs_of(one.role, found, renewed, known.complete)
    yield from verdict.against(one, needs, versioned, shared=_is_shared(one, every, settings))
    yield from verdict.twins(one, needs)


def _is_met(rule: Renewed, found: Sequence[Found]) -> bool:
    from sealward.globs import path_pattern

    return any(path_pattern(rule.path).fullmatch(one.reference.secret) for one in found)


def _is_shared(one: Held, every: Sequence[Held], settings: Settings) -> bool:
    """Whether several policies of a role share the references, and nobody says which are whose."""
    if one.role != "reader" or is_narrowed(one.path, settings):
        return False
    return sum(other.role == "reader" and not is_narrowed(other.path, settings) for other in every) > 1


def _evident(held: Sequence[Held]) -> frozenset[str]:
    """The mounts that rules show to be KV version 2, by ``data/`` or ``metadata/`` behind them."""
    found = set()
    for one in held:
        for rule in one.policy.rules:
            parts = rule.pattern.parts
            if len(parts) > 2 and parts[1] in ("data", "metadata") and "+" not in parts[0] and parts[0]:
                found.add(parts[0])
    return frozenset(found)


def _held(path: str, data: bytes, settings: Settings) -> Held:
    return Held(path, read(data, settings), role_of(path, settings))
