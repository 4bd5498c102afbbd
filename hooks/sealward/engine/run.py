"""Runs checks over sources: surroundings → document → checks → exemptions, one file after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.checks import CHECKS, Needs
from sealward.checks.context import Context
from sealward.claims.binding import may_be_claimed
from sealward.config import POLICY_FOLDER
from sealward.document import as_text, parse
from sealward.engine import once
from sealward.engine.keys import Keys
from sealward.engine.pointers import is_pointer
from sealward.engine.sources import Source, nothing_before
from sealward.engine.surroundings import Surroundings
from sealward.errors import SealwardError
from sealward.records import Record
from sealward.sealed.marks import is_sealed, looks_sealed
from sealward.worktree import Left, names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sealward.checks import Check
    from sealward.document import Document
    from sealward.engine.sources import Tree
    from sealward.engine.surroundings import Around
    from sealward.finding import Finding
    from sealward.sealed.contents import Found


class Judged(Record):
    """What is said of one file: the findings, the references that it holds, and the findings that somebody
    said are to be left alone."""

    findings: list[Finding]
    references: list[Found]
    suppressed: list[Finding]

    def __bool__(self) -> bool:
        """Whether anything is said at all."""
        return bool(self.findings or self.references or self.suppressed)

    def add(self, more: Judged) -> None:
        """Put what is said of another file behind what is said of this one."""
        self.findings.extend(more.findings)
        self.references.extend(more.references)
        self.suppressed.extend(more.suppressed)


class Counts:
    """How many files were read, were sealed, and could be seen only from outside; and how many were left
    out, one number for each reason (in the order of ``Left``)."""

    __slots__ = ("left", "outside", "read", "sealed")

    def __init__(
        self, read: int = 0, sealed: int = 0, outside: int = 0, left: Sequence[int] = (0,) * len(Left)
    ) -> None:
        self.read = read
        self.sealed = sealed
        self.outside = outside
        self.left = list(left)

    def add(self, other: Counts) -> None:
        """Count what another run counted, too."""
        self.read += other.read
        self.sealed += other.sealed
        self.outside += other.outside
        self.left = [a + b for a, b in zip(self.left, other.left, strict=True)]

    def plain(self) -> tuple[int, int, int, tuple[int, ...]]:
        """The numbers, as ``Counts`` takes them."""
        return self.read, self.sealed, self.outside, tuple(self.left)

    def in_words(self) -> str:
        """What the one file is that was counted."""
        for why, _ in self.left_out():
            return f"left out ({why})"
        if self.outside:
            return "sealed, checked only from outside"
        return "sealed" if self.sealed else "not sealed"

    def left_out(self) -> tuple[tuple[str, int], ...]:
        """What was left out, in words, and how often; the reasons that there were."""
        return tuple((why.value, number) for why, number in zip(Left, self.left, strict=True) if number)


_REASONS = list(Left)


class Run:
    """One run of some checks (by hook id) over one tree. ``counts`` grow as files are judged."""

    def __init__(
        self,
        tree: Tree,
        names: Iterable[str],
        *,
        rules_path: str | None = None,
        require_keys: bool = False,
        asked: bool = False,
    ) -> None:
        self.checks = [CHECKS[name] for name in names]
        self.surroundings = Surroundings(tree, rules_path)
        self.settings = self.surroundings.settings
        self.asked = asked
        self.counts = Counts()
        self.keys = Keys(require_keys)
        self._by_need = {needs: [check for check in self.checks if check.needs is needs] for needs in Needs}

    def judge(self, source: Source) -> Judged:
        """What is said of one source, exemptions taken out."""
        if source.left is not None:
            self._leave(source.left)
            return Judged([], [], [])
        if self.settings.skips(source.path):
            self._leave(Left.EXEMPT)
            return Judged([], [], [])
        self.counts.read += 1
        found = self._pointer(source) if is_pointer(source.data) else self._examine(source)
        return self.kept(found.findings, source.commit)._replace(references=found.references)

    def finish(
        self, references: Sequence[Found], every: Iterable[str] | None = None, listed: Sequence[str] = ()
    ) -> Judged:
        """What can only be said at the end, of all files together; ``every`` are all paths that there are,
        where they were all judged, ``listed`` those that were judged."""
        found = list(self.surroundings.problems(every) if self._of(Needs.DOCUMENT) else ())
        for check in self.checks:
            if check.whole and references:
                found += check.judge_run(references)
        if self._of(Needs.POLICY) and (self._policies(listed) or (references and self._has_policies())):
            from sealward.engine import policies

            found += policies.judged(
                self, listed, references, every is not None and bool(self._of(Needs.VALUES))
            )
        return self.kept(found)

    def _has_policies(self) -> bool:
        """Whether there may be policies beside the sealed files; asked before anything is loaded for them."""
        if self.settings.policies:
            return True
        top = self.surroundings.tree.top
        return bool(top) and any(name.endswith((".hcl", ".json")) for name in names(top, POLICY_FOLDER))

    def _policies(self, listed: Sequence[str]) -> bool:
        """Whether policies are among the paths that were judged, or what says whom they serve."""
        return any(
            path == f"{POLICY_FOLDER}/rotation.yaml" or self.settings.may_be_policy(path, self.asked)
            for path in listed
        )

    def _examine(self, source: Source) -> Judged:
        judged = self._examine_as_such(source)
        if self._of(Needs.POLICY) and self.settings.may_be_policy(source.path, self.asked):
            from sealward.engine import policies

            judged.findings.extend(policies.alone(self, source))
        return judged

    def _examine_as_such(self, source: Source) -> Judged:
        around = self.surroundings.of(source)
        previous = self._worth_parsing(source, around)
        if previous is None:
            return Judged(self._judge_text(source, Context(settings=self.settings)), [], [])
        document = parse(source.path, source.data)
        context = Context(
            data=source.data,
            previous=tuple(self._earlier(source, previous)),
            sealed=is_sealed(document),
            asked=self.asked,
            settings=self.settings,
            **around._asdict(),
        )
        context = self._look_inside(document, context)
        findings = list(self._of_document(document, context))
        context = self._with_values(document, context)
        if context.values:
            values = (one for check in self._of(Needs.VALUES) for one in check.judge(document, context))
            findings += once.of_values(findings, values)
        text = self._judge_text(source, context)
        findings += once.of_text(document, findings, text, self.settings) if context.sealed else text
        findings += self._copies(source.path) if context.sealed else ()
        return Judged(findings, self._references(document, context), [])

    def _copies(self, path: str) -> Iterator[Finding]:
        """Of a sealed file, the copies that were made of it, where nobody asks for their originals; not those
        of which it is said anyway that they must be sealed."""
        for where, data in self.surroundings.copies.made_of(path):
            document = parse(where, data)
            around = self.surroundings.of(Source(path=where, data=data, previous=nothing_before))
            context = Context(data=data, settings=self.settings, **around._asdict())
            if any(one.rule == "not-sealed" for one in self._of_document(document, context)):
                continue
            context = context._replace(sealed_sibling=path, sibling_is_sealed=True)
            yield from (one for one in self._of_document(document, context) if one.rule == "decrypted-copy")

    def _of_document(self, document: Document, context: Context) -> Iterator[Finding]:
        return (one for check in self._of(Needs.DOCUMENT) for one in check.judge(document, context))

    def _pointer(self, source: Source) -> Judged:
        """A pointer to Git LFS: nobody judges what it points to, so it must not be what must be sealed."""
        self._leave(Left.POINTER)
        around = self.surroundings.of(source)
        document = parse(source.path, source.data)
        previous = tuple(self._earlier(source, source.previous()))
        context = Context(previous=previous, settings=self.settings, **around._asdict())
        judged = (one for check in self._of(Needs.DOCUMENT) for one in check.judge(document, context))
        message = "is a pointer to Git LFS, whose content nobody judges, but must be SOPS-encrypted"
        return Judged([one.but(message=message) for one in judged if one.rule == "not-sealed"], [], [])

    def _worth_parsing(self, source: Source, around: Around) -> list[bytes] | None:
        """The versions before of a file that has to be parsed; None for one whose text alone matters."""
        values = self.asked and bool(self._of(Needs.VALUES))
        marked = looks_sealed(source.data) or around.forced or around.sealed_sibling or values
        if marked or may_be_claimed(source.path, around.rule, around.rule_path, source.data):
            return source.previous()
        before = around.rule_before
        if before and may_be_claimed(source.path, before, around.rule_path_before, source.data):
            return source.previous()
        return list(filter(looks_sealed, source.previous())) or None

    def _judge_text(self, source: Source, context: Context) -> list[Finding]:
        """The checks that read text, where a glance at the bytes does not rule out that they find any."""
        checks = self._of(Needs.TEXT)
        if not checks:
            return []
        context = context._replace(baseline=self.surroundings.baseline)
        wanted = [check for check in checks if check.may_find(source.data, context)]
        document = as_text(source.path, source.data) if wanted else None
        if document is None:
            return []
        return [one for check in wanted for one in check.judge(document, context)]

    def _look_inside(self, document: Document, context: Context) -> Context:
        if not context.sealed:
            return context
        self.counts.sealed += 1
        if not any(check.keys for check in self.checks):
            return context
        inside = self.keys.opened(document)
        if not isinstance(inside, SealwardError):
            return context._replace(opened=inside)
        self.counts.outside += 1
        return context._replace(closed=inside if self.keys.required else None)

    def _with_values(self, document: Document, context: Context) -> Context:
        """The values of a file, read only where a check wants them."""
        if not self._of(Needs.VALUES) or not (context.sealed or context.asked):
            return context
        from sealward.sealed.contents import values

        return context._replace(values=tuple(values(document, context.opened)))

    def _references(self, document: Document, context: Context) -> list[Found]:
        if not any(one.references for one in context.values):
            return []
        from sealward.sealed.contents import found

        return list(found(document, context.values))

    def _earlier(self, source: Source, previous: list[bytes]) -> Iterator[Document]:
        for data in previous:
            if data != source.data and looks_sealed(data):
                yield parse(source.path, data)

    def kept(self, findings: Iterable[Finding], commit: str = "") -> Judged:
        """The findings as they are reported, their commit named, apart from those that are suppressed."""
        judged = Judged([], [], [])
        for finding in map(once.without_secrets, findings):
            one = finding.but(message=f"{finding.message} (in commit {commit[:10]})") if commit else finding
            exemption = self.settings.exemption(one.path, one.rule)
            if exemption is not None:
                one = one.but(suppressed=exemption.reason)
            (judged.suppressed if one.suppressed else judged.findings).append(one)
        return judged

    def _of(self, needs: Needs) -> list[Check]:
        return self._by_need[needs]

    def _leave(self, why: Left) -> None:
        self.counts.left[_REASONS.index(why)] += 1
