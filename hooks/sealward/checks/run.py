"""Runs checks over sources: finds each file's surroundings, parses it once, collects the findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sealward import checks, config
from sealward.checks.binding import NAMED, may_be_claimed
from sealward.checks.context import Context, is_sealed
from sealward.checks.copies import decrypted_original, leftover_originals
from sealward.checks.keys import Keys
from sealward.checks.sources import is_pointer
from sealward.document import as_text, parse
from sealward.errors import SealwardError
from sealward.finding import Finding
from sealward.sops.creation_rules import FILE_NAMES, BrokenConfiguration, load

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sealward.checks.detectors import Baseline
    from sealward.checks.references import Found
    from sealward.checks.sources import Source, Tree
    from sealward.document import Document
    from sealward.sops.creation_rules import Configuration, Rule


class Run:
    """One run over one tree. ``read`` and ``sealed`` count the files; findings are yielded by ``judge``."""

    def __init__(
        self,
        tree: Tree,
        names: Iterable[str],
        rules_path: str | None = None,
        require_keys: bool = False,
        asked: bool = False,
    ) -> None:
        self.tree = tree
        self.names = tuple(names)
        self.checks = [
            checks.load(name) for name in self.names if name not in checks.INSIDE | checks.UNSEALED
        ]
        self.scans = bool(checks.UNSEALED & set(self.names))
        self.asked = asked
        self.rules_path = rules_path
        self.settings = self._settings()
        self.read = 0
        self.sealed = 0
        self.outside = 0
        self._keys = Keys(require_keys)
        self.references: list[Found] = []
        self._baseline: Baseline | Literal[False] | None = None
        self._configurations: dict[str, Configuration | None] = {}
        self._broken: list[Finding] = []

    def judge(self, source: Source) -> Iterator[Finding]:
        """Every finding about one source, exemptions taken out."""
        return self.settled(source.path, source.commit, self.examine(source))

    def examine(self, source: Source) -> Iterator[Finding]:
        """Every finding about one source, the exempt ones too, before its commit is named."""
        self.read += 1
        if not is_pointer(source.data) and not self.settings.skips(source.path):
            yield from self._findings(source)

    def settled(self, path: str, commit: str, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The findings about one source as they are told: exemptions taken out, its commit named."""
        for finding in findings:
            if not self.settings.is_exempt(path, finding.rule):
                yield _in_commit(finding, commit) if commit else finding

    def counts(self) -> tuple[int, int, int]:
        """How many files were read, were sealed, and could be seen only from outside."""
        return self.read, self.sealed, self.outside

    def count(self, read: int, sealed: int, outside: int) -> None:
        """Add to these three."""
        self.read += read
        self.sealed += sealed
        self.outside += outside

    def _findings(self, source: Source) -> Iterator[Finding]:
        rule, rule_path = self._rule(source.path)
        yield from self._broken
        self._broken.clear()
        forced = self.settings.must_be_sealed(source.path)
        sibling = self._sealed_original(source)
        marked = looks_sealed(source.data)
        previous: list[bytes] = []
        wanted = marked or forced or sibling or (self.asked and checks.INSIDE & set(self.names))
        if not (wanted or may_be_claimed(source.path, rule, rule_path, source.data)):
            previous = list(filter(looks_sealed, source.previous()))
            if not previous:
                if self.scans:
                    yield from self._scan(source)
                return
        previous = previous or source.previous()
        document = parse(source.shown, source.data)
        earlier = tuple(self._earlier(source, previous))
        context = Context(rule, rule_path, earlier, forced, sibling, asked=self.asked, settings=self.settings)
        context = self._look_inside(document, context)
        for check in self.checks:
            yield from check(document, context)
        yield from self._judge_contents(document, context)
        if self.scans and not is_sealed(document):
            yield from self._scan(source)

    def _scan(self, source: Source) -> Iterator[Finding]:
        """An unsealed file, as text: it need not be parsed."""
        from sealward.checks import plaintext

        if self._baseline is None:
            self._baseline = self._load_baseline()
        if not self._baseline and not plaintext.may_hold(source.data):
            return
        document = as_text(source.shown, source.data)
        if document is not None:
            yield from plaintext.check(document, Context(baseline=self._baseline or None))

    def _load_baseline(self) -> Baseline | Literal[False]:
        """The repository's ``.secrets.baseline``; False where there is none."""
        data = self.tree.read(".secrets.baseline")
        if data is None:
            return False
        from sealward.checks.detectors import Baseline

        return Baseline(data)

    def finish(self) -> Iterator[Finding]:
        """What can only be said at the end, of all files together."""
        if self.references:
            from sealward.checks.references import mixed

            for finding in mixed(self.references):
                if not self.settings.is_exempt(finding.path, finding.rule):
                    yield finding

    def _look_inside(self, document: Document, context: Context) -> Context:
        if not is_sealed(document):
            return context
        self.sealed += 1
        if not checks.NEED_KEYS & set(self.names):
            return context
        inside = self._keys.open(document)
        if not isinstance(inside, SealwardError):
            return context._replace(opened=inside)
        self.outside += 1
        return context._replace(closed=inside if self._keys.required else None)

    def _judge_contents(self, document: Document, context: Context) -> Iterator[Finding]:
        """The checks of contents, imported only where there is something to judge."""
        if context.opened is None and not (context.asked and not is_sealed(document)):
            return
        for name in self.names:
            if name in checks.INSIDE:
                from sealward.checks import references

                findings, seen = references.judge(document, context)
                self.references += seen
                yield from findings

    def _earlier(self, source: Source, previous: list[bytes]) -> Iterator[Document]:
        for data in previous:
            if data != source.data and looks_sealed(data):
                yield parse(source.shown, data)

    def _sealed_original(self, source: Source) -> str:
        named = decrypted_original(source.path)
        if named is not None:
            return named if source.data.strip() else ""
        for path in leftover_originals(source.path):
            data = self.tree.read(path)
            if data is not None and (NAMED.search(path) or _is_sealed(path, data)):
                return path
        return ""

    def _rule(self, path: str) -> tuple[Rule | None, str]:
        configuration = self._configuration(path.rpartition("/")[0])
        if configuration is None:
            return None, path
        directory = configuration.directory
        inside = path.removeprefix(f"{directory}/") if directory else path
        return configuration.rule_for(inside), inside

    def _configuration(self, folder: str) -> Configuration | None:
        """The nearest configuration upwards from a folder of the tree, or the one given."""
        if folder not in self._configurations:
            found = self._load_given() if self.rules_path else self._load_from(folder)
            if found is None and folder and not self.rules_path:
                found = self._configuration(folder.rpartition("/")[0])
            self._configurations[folder] = found
        return self._configurations[folder]

    def _load_from(self, folder: str) -> Configuration | None:
        for name in FILE_NAMES:
            path = f"{folder}/{name}" if folder else name
            data = self.tree.read(path)
            found = self._load(path, data) if data is not None else None
            if found is not None:
                return found
        return None

    def _load_given(self) -> Configuration | None:
        assert self.rules_path is not None
        try:
            with open(self.rules_path, "rb") as file:
                found = self._load("sops.yaml", file.read())
        except OSError as error:
            raise SealwardError(f"{self.rules_path}: {error.strerror}", "name a SOPS configuration") from None
        if found is None:
            raise SealwardError(f"{self.rules_path} has no creation_rules", "name a SOPS configuration")
        return found

    def _load(self, path: str, data: bytes) -> Configuration | None:
        try:
            return load(path, data)
        except BrokenConfiguration as error:
            hint = "mend it: every sops command fails on it"
            self._broken.append(Finding("broken-configuration", path, error.line, 1, "", error.reason, hint))
            return None

    def _settings(self) -> config.Settings:
        data = self.tree.read(config.FILE_NAME)
        return config.DEFAULT if data is None else config.load(config.FILE_NAME, data)


def looks_sealed(data: bytes) -> bool:
    """Cheaply, on bytes: whether a file may carry ciphertext or a SOPS metadata block."""
    if b"ENC[AES256_GCM" in data:
        return True
    return b"sops" in data and (b"lastmodified" in data or b"mac" in data)


def _is_sealed(path: str, data: bytes) -> bool:
    return looks_sealed(data) and is_sealed(parse(path, data))


def _in_commit(finding: Finding, commit: str) -> Finding:
    return finding._replace(message=f"{finding.message} (in commit {commit[:10]})")
