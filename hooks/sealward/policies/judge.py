"""What is wrong with a policy: of one alone, and against what its role needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.finding import Finding, Place, Severity
from sealward.policies.acl import Book, meet, pattern, within
from sealward.policies.needs import KINDS, READ, WRITE, Index
from sealward.policies.policy import Policy, Rule, in_force, known_template, merged

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sealward.config import Role
    from sealward.policies.acl import Pattern
    from sealward.policies.needs import Need, Needs
    from sealward.policies.tree import Spot

_WRITES = frozenset(("create", "update", "patch", "delete", "sudo", "recover"))
_POWERS = (
    ("sys/policies/acl/*", "writes policies"),
    ("sys/policies/rgp/*", "writes policies"),
    ("sys/policies/egp/*", "writes policies"),
    ("sys/policy/*", "writes policies"),
    ("sys/auth/*", "opens new ways to log in"),
    ("sys/mounts/*", "mounts and removes engines"),
    ("sys/remount*", "moves engines"),
    ("sys/audit*", "switches the audit off"),
    ("sys/rotate*", "rotates the server's own keys"),
    ("sys/rekey*", "makes new unseal keys"),
    ("sys/generate-root*", "makes a root token"),
    ("sys/seal", "seals the server"),
    ("sys/plugins/*", "installs programs on the server"),
    ("auth/token/create*", "makes tokens"),
    ("auth/token/roles/*", "says who may make tokens"),
    ("auth/+/role/*", "says who may log in"),
    ("auth/+/roles/*", "says who may log in"),
    ("auth/+/users/*", "says who may log in"),
    ("auth/+/config*", "says who may log in"),
    ("identity/*", "gives others' identities policies"),
)
_ALWAYS = (("sys/raw/*", "reads the server's storage"),)
"""Powers that reading alone gives."""


class Held(NamedTuple):
    """A policy file: its path, what was read, and for whom it is (None: nobody knows)."""

    path: str
    policy: Policy
    role: Role | None


def alone(held: Held, now: float | None = None) -> Iterator[Finding]:
    """What a policy's text shows."""
    for problem in held.policy.problems:
        yield _finding(
            "policy-refused",
            held,
            problem.at,
            f"the server refuses it: {problem.reason}",
            problem.hint or "fix it",
        )
    if held.policy.problems:
        return
    for rule in held.policy.rules:
        yield from _never(held, rule, now)
        yield from _templates(held, rule)
        if rule.labels:
            message = (
                f"a second name, {rule.labels[0].text!r}, stands behind `{rule.text}`: the server ignores it"
            )
            yield _finding(
                "policy-second-label",
                held,
                rule.labels[0].at,
                message,
                "write a block for each path",
                Severity.WARNING,
            )
        if held.role is not None:
            yield from _dangerous(held, rule)
    yield from _twice(held)


def against(held: Held, needs: Needs, mounts: Collection[str], shared: bool = False) -> Iterator[Finding]:
    """What a policy grants beyond what its role needs, and what it lacks; ``mounts`` are those known to be KV
    version 2. ``shared`` says that another policy may grant what this one lacks."""
    if held.policy.problems:
        return
    index = Index(needs.each)
    for rule in held.policy.rules:
        yield from _beyond(held, rule, needs, index, mounts)
    if not shared:
        yield from uncovered(held, needs, mounts)


def without_data(held: Held, mounts: Collection[str]) -> Iterator[Finding]:
    """The rules that miss the segment that KV version 2 has behind its mount."""
    for rule in held.policy.rules:
        right = with_data(rule.pattern, mounts)
        if right:
            denies = rule.names == {"deny"}
            message = (
                f"`{rule.text}` {'denies' if denies else 'grants'} nothing: `{right[0]}` is KV version 2"
            )
            yield _finding("policy-missing-data", held, rule.at, message, f"write `{right[1]}`")


def with_data(one: Pattern, mounts: Collection[str]) -> tuple[str, str] | None:
    """The mount, and what a pattern should say, where it misses ``data/``."""
    mount = max((name for name in mounts if one.text.startswith(f"{name}/")), key=len, default="")
    kind, _, rest = one.text[len(mount) + 1 :].partition("/")
    if not mount or not kind or kind in ("+", *KINDS) or "{{" in kind:
        return None
    if kind.endswith("*") and any(name.startswith(kind[:-1]) for name in KINDS):
        return None
    return mount, f"{mount}/data/{kind}" + (f"/{rest}" if rest else "")


def uncovered(held: Held, needs: Needs, mounts: Collection[str]) -> Iterator[Finding]:
    """The needs that a policy does not grant, and why it does not."""
    rules = in_force(held.policy.rules)
    granted = merged(rules)
    book = Book(granted)
    for need in needs.each:
        if not need.demanded or _grants(need, book, granted):
            continue
        if any(_meant(rule.pattern, need.pattern, mounts) for rule in rules):
            continue  # said already
        at, why, hint = _why(need, book, granted, rules)
        message = f"`{need.pattern.text}` needs {_listed(need.lacks(frozenset()))} ({need.why}): {why}"
        yield _finding("policy-uncovered", held, at, message, hint)


def _grants(need: Need, book: Book, granted: dict[Pattern, frozenset[str]]) -> bool:
    if need.pattern.kind == "exact":
        winner = book.governs(need.pattern.text)
        winner = winner or next(
            (one for one in granted if "{{" in one.text and _filled(one).matches(need.pattern.text)), None
        )
        return winner is not None and not need.lacks(granted[winner])
    return any(meet(one, need.pattern) and not need.lacks(names) for one, names in granted.items())


def _filled(one: Pattern) -> Pattern:
    """A pattern with whatever a template may stand for."""
    return pattern("/".join("+" if "{{" in part else part for part in one.text.split("/")))


def _meant(one: Pattern, need: Pattern, mounts: Collection[str]) -> bool:
    """Whether a rule was meant for a need, and misses it by what is said of the rule itself."""
    right = with_data(one, mounts)
    fixed = [pattern(right[1])] if right else []
    fixed += [pattern(one.text[3:])] if one.text.startswith("v1/") else []
    fixed += [pattern(one.text.lower())] if one.text.lower() == need.text.lower() != one.text else []
    middle = "*" in one.text[:-1]
    fixed += [pattern(one.text[:-1].replace("*", "+") + one.text[-1])] if middle else []
    return any(meet(fix, need) for fix in fixed)


def _why(
    need: Need, book: Book, granted: dict[Pattern, frozenset[str]], rules: Sequence[Rule]
) -> tuple[Spot, str, str]:
    """Where a need is lost, and to what."""
    contest = book.contest(need.pattern.text)
    winner = contest.winner
    add = f'add `path "{need.pattern.text}" {{ capabilities = {_hcl(need.lacks(frozenset()))} }}`'
    if winner is None:
        return _first(rules), "no rule grants it", add
    line = _line(winner, rules)
    other = next((one for one in contest.losers if not need.lacks(granted[one])), None)
    beside = f", and line {_line(other, rules).line} does not add to it" if other else ""
    if "deny" in granted[winner]:
        more = f", though line {_line(other, rules).line} grants it" if other else ""
        return line, f"line {line.line} denies it (`{winner.text}`){more}", "narrow the deny, or take it out"
    lacking = _listed(need.lacks(granted[winner]))
    has = _listed(sorted(granted[winner])) if granted[winner] else "nothing"
    return (
        line,
        f"line {line.line} governs it (`{winner.text}`) and grants {has}{beside}",
        f"add {lacking} there",
    )


def _beyond(held: Held, rule: Rule, needs: Needs, index: Index, mounts: Collection[str]) -> Iterator[Finding]:
    """What a rule grants beyond the needs of the role."""
    if not rule.names or rule.names == {"deny"} or with_data(rule.pattern, mounts) or _is_dead(rule):
        return
    if any(meet(rule.pattern, pattern(power)) for power, _ in (*_POWERS, *_ALWAYS)) and _is_literal(
        rule.pattern
    ):
        return  # dangerous, or not: said by `alone`
    mine = _filled(rule.pattern)
    met = index.meeting(mine)
    yield from _strong(held, rule, needs, met)
    shape = _shape(rule.pattern, mounts)
    if shape:
        yield _finding("policy-too-wide", held, rule.at, f"`{rule.text}` {shape}", _narrower(met))
    elif needs.complete and not met:
        message = f"`{rule.text}` covers nothing that {_who(needs.role)} needs"
        yield _finding(
            "policy-unused",
            held,
            rule.at,
            message,
            "take it out, or map the file to its role under `policies:`",
            Severity.WARNING,
        )
    elif needs.complete and "{{" not in rule.text and not within(mine, [need.pattern for need in met]):
        message = f"`{rule.text}` grants paths beyond what {_who(needs.role)} needs"
        a_folder = len(rule.pattern.parts) > 3 and not rule.pattern.glob
        weight = Severity.WARNING if a_folder else Severity.ERROR
        yield _finding("policy-too-wide", held, rule.at, message, _narrower(met), weight)


def _strong(held: Held, rule: Rule, needs: Needs, met: Sequence[Need]) -> Iterator[Finding]:
    permitted = frozenset().union(*(need.permits for need in met)) if met else READ
    shorthand = next((one for one in rule.capabilities if one.shorthand and one.name not in permitted), None)
    if shorthand is not None:
        message = f'`policy = "{shorthand.shorthand}"` on `{rule.text}` grants {_listed(sorted(rule.names))}'
        yield _finding(
            "policy-too-strong",
            held,
            shorthand.at,
            message,
            f"write `capabilities = {_hcl(sorted(permitted & rule.names) or ['read'])}`",
        )
        return
    extra = [one for one in rule.capabilities if one.name not in permitted]
    if extra:
        names = _listed(list(dict.fromkeys(one.name for one in extra)))
        left = _listed(sorted(permitted & rule.names))
        message = f"{_who(needs.role)} needs no {names} on `{rule.text}`"
        yield _finding(
            "policy-too-strong",
            held,
            extra[0].at,
            message,
            f"leave {left} there" if left else "take it out",
        )
    elif needs.role == "ci" and not met and "/data/" in rule.pattern.text and "read" in rule.names:
        message = (
            f"`{rule.text}` lets CI read values: versions are in `metadata/`, the names of keys in `subkeys/`"
        )
        yield _finding("policy-too-strong", held, rule.at, message, "take it out")
    elif any(need.limited for need in met) and rule.names & WRITE and not _is_limited(rule):
        message = f"`{rule.text}` lets {_who(needs.role)} lower the number of versions that are kept"
        yield _finding(
            "policy-too-strong",
            held,
            rule.at,
            message,
            'add `allowed_parameters = { "custom_metadata" = [] }`',
        )


def _is_limited(rule: Rule) -> bool:
    return rule.allowed is not None and rule.allowed <= {"custom_metadata"}


def _shape(one: Pattern, mounts: Collection[str]) -> str:
    """What a pattern reaches that no role needs, whatever the references are."""
    first = one.parts[0]
    if first == "+" or (one.glob and len(one.parts) == 1):
        return (
            "reaches every engine, and the server's own paths"
            if first in ("", "+")
            else "reaches several engines"
        )
    for mount in mounts:
        if one.text in (f"{mount}/*", f"{mount}/+/*") or (one.text.startswith(f"{mount}/+/") and one.plus):
            return f"reaches the metadata and the versions of `{mount}`, to delete or destroy, too"
    return ""


def _is_literal(one: Pattern) -> bool:
    return one.parts[0] not in ("", "+") and not (one.glob and len(one.parts) == 1)


def _narrower(met: Sequence[Need]) -> str:
    wanted = [need.pattern.text for need in met if need.demanded]
    if not wanted:
        return "name the very paths"
    return f"needed are {', '.join(f'`{one}`' for one in wanted[:3])}" + (
        f" and {len(wanted) - 3} more" if wanted[3:] else ""
    )


def _dangerous(held: Held, rule: Rule) -> Iterator[Finding]:
    """Powers by which a token can give itself any other right."""
    power = _power(rule)
    if power:
        message = f"`{rule.text}` {power}: whoever has that can give itself every other right"
        hint = "take it out: no application, rotator or CI needs it"
        yield _finding("policy-dangerous", held, rule.at, message, hint)
    elif rule.pattern.text in ("*", "+/*") and rule.names & _WRITES:
        message = f"`{rule.text}` may change everything, the server's own paths included"
        yield _finding("policy-dangerous", held, rule.at, message, "name the very paths")


def _power(rule: Rule) -> str:
    """What a rule lets a token do with the server itself; empty for what is harmless."""
    mine = rule.pattern
    if not _is_literal(mine) or not rule.names or rule.names == {"deny"}:
        return ""
    if "export" in mine.parts[1:2] and len(mine.parts) > 2:
        return "takes keys out of transit"
    if mine.parts[0] not in ("sys", "auth", "identity"):
        return ""
    reading = _ALWAYS if not rule.names & _WRITES else _ALWAYS + _POWERS
    return next((what for where, what in reading if meet(pattern(where), mine)), "")


def _never(held: Held, rule: Rule, now: float | None) -> Iterator[Finding]:
    """Rules that look as if they meant something, and match nothing."""
    reason, hint = _dead(rule)
    if not reason and rule.expires is not None and now is not None and rule.expires <= now:
        yield _finding(
            "policy-never-matches",
            held,
            rule.expires_at,
            f"`{rule.text}` has expired",
            "take it out, or renew it",
            Severity.WARNING,
        )
    elif reason:
        yield _finding("policy-never-matches", held, rule.at, reason, hint, Severity.WARNING)


def _is_dead(rule: Rule) -> bool:
    return bool(_dead(rule)[0])


def _dead(rule: Rule) -> tuple[str, str]:
    text = rule.pattern.text
    if not rule.named:
        return "the block names no path", 'write `path "secret/data/app" {…}`'
    if not text:
        return "the path is empty", "name a path"
    if "*" in text[:-1]:
        return (
            f"`{rule.text}`: `*` counts at the end alone, and stands for itself here",
            "`+` is any one segment",
        )
    odd = next(
        (
            part
            for part in rule.pattern.parts
            if "+" in part and part != "+" and part.strip("+") == part.replace("+", "")
        ),
        "",
    )
    if odd and "{{" not in odd:
        return (
            f"`{rule.text}`: `+` is one whole segment, and stands for itself in `{odd}`",
            "`*` at the end takes the begin of a name",
        )
    if text.startswith("v1/"):
        return f"`{rule.text}`: `v1/` is part of the URL, not of the path", f"write `{text[3:]}`"
    if text.startswith("/"):
        return f"`{rule.text}`: no path begins with a slash", f"write `{text.lstrip('/')}`"
    reads = rule.names - {"list", "scan", "deny"}
    if rule.pattern.kind == "exact" and text.endswith("/") and reads and not rule.names & {"list", "scan"}:
        return (
            f"`{rule.text}`: only a list is asked for with a slash at the end",
            f"write `{text.rstrip('/')}`, or `{text}*`",
        )
    return "", ""


def _templates(held: Held, rule: Rule) -> Iterator[Finding]:
    for field in rule.templates:
        if not known_template(field):
            message = (
                f"`{{{{{field}}}}}`: the server fills in no such field, so `{rule.text}` matches nothing"
            )
            yield _finding(
                "policy-never-matches",
                held,
                rule.at,
                message,
                "such as identity.entity.name, identity.entity.metadata.team",
                Severity.WARNING,
            )
        elif field.endswith(
            (".metadata.repository", ".metadata.sub", ".metadata.ref", ".metadata.job_workflow_ref")
        ):
            message = f"`{{{{{field}}}}}` has a slash in it: the server refuses every request of the token"
            yield _finding("policy-template-slash", held, rule.at, message, "use repository_id")


def _twice(held: Held) -> Iterator[Finding]:
    first: dict[Pattern, Rule] = {}
    for rule in held.policy.rules:
        known = first.setdefault(rule.pattern, rule)
        if known is not rule and rule.named:
            both = "the two are united" + (
                ", and the deny wins" if "deny" in rule.names ^ known.names else ""
            )
            message = f"`{rule.text}` stands on line {known.at.line}, too: {both}"
            yield _finding("policy-duplicate", held, rule.at, message, "keep one of them", Severity.WARNING)


def twins(held: Held, needs: Needs) -> Iterator[Finding]:
    """Rules that are a needed path but for capitals: paths have them."""
    wanted = {need.pattern.text.lower(): need.pattern for need in needs.each if need.demanded}
    for rule in held.policy.rules:
        twin = wanted.get(rule.pattern.text.lower())
        if (
            twin is not None
            and twin != rule.pattern
            and not any(rule.pattern == need.pattern for need in needs.each)
        ):
            message = f"`{rule.text}` is not `{twin.text}`: capitals count"
            yield _finding(
                "policy-never-matches", held, rule.at, message, f"write `{twin.text}`", Severity.WARNING
            )


def _finding(
    rule: str, held: Held, at: Spot, message: str, hint: str, severity: Severity = Severity.ERROR
) -> Finding:
    return Finding(
        rule=rule, place=Place(held.path, at.line, at.column), message=message, hint=hint, severity=severity
    )


def _first(rules: Sequence[Rule]) -> Spot:
    from sealward.policies.tree import Spot

    return Spot(1, 1)


def _line(one: Pattern, rules: Sequence[Rule]) -> Spot:
    return next(rule.at for rule in rules if rule.pattern == one)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _hcl(names: Sequence[str]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


def _who(role: Role) -> str:
    return {"reader": "a reader", "rotator": "the rotator", "ci": "CI"}[role]
