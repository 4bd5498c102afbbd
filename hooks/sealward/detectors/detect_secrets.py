"""detect-secrets at the edge: its detectors and filters on one line, its baseline, its comments.

A ``.secrets.baseline`` is a file of the repository, and its format can name code to load. So nothing of it
is handed to the library: detectors and filters are taken from a fixed list by name, and its patterns are
searched for by RE2.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sealward.detectors.made_up import is_made_up
from sealward.errors import SealwardError
from sealward.patterns import as_utf8
from sealward.sops.format.selection import compile_re2

if TYPE_CHECKING:
    from collections.abc import Callable

    from detect_secrets.core.potential_secret import PotentialSecret
    from detect_secrets.plugins.base import BasePlugin

    from sealward.patterns import Compiled

FILE_NAME = ".secrets.baseline"
_LARGEST = 32 << 20
_GUESSING = frozenset(
    (
        "KeywordDetector",
        "Base64HighEntropyString",
        "HexHighEntropyString",
        "IPPublicDetector",
        "BasicAuthDetector",
    )
)
"""Detectors that guess: they run only where a baseline says so."""

_OURS = frozenset(
    (
        "DiscordBotTokenDetector",
        "GitHubTokenDetector",
        "GitLabTokenDetector",
        "JwtTokenDetector",
        "MailchimpDetector",
        "NpmDetector",
        "OpenAIDetector",
        "PrivateKeyDetector",
        "PypiTokenDetector",
        "SendGridDetector",
        "SlackDetector",
        "SquareOAuthDetector",
        "StripeDetector",
        "TelegramBotTokenDetector",
        "TwilioKeyDetector",
    )
)
"""Detectors of shapes that ours know better, and know the harmless twins of: they never run."""

_FILTERS = "detect_secrets.filters."
_OF_SECRETS = (
    "heuristic.is_sequential_string",
    "heuristic.is_potential_uuid",
    "heuristic.is_likely_id_string",
    "heuristic.is_templated_secret",
    "heuristic.is_prefixed_with_dollar_sign",
    "heuristic.is_not_alphanumeric_string",
)
"""The library's own filters that judge what a detector found."""

_OTHERS = frozenset(
    (
        "allowlist.is_line_allowlisted",
        "common.is_baseline_file",
        "common.is_ignored_due_to_verification_policies",
        "common.is_invalid_file",
        "heuristic.is_indirect_reference",
        "heuristic.is_lock_file",
        "heuristic.is_non_text_file",
        "heuristic.is_swagger_file",
    )
)
"""Filters of a usual baseline that need nothing done: they are about whole files, or are ours anyway."""

_EXCLUDES = {
    "regex.should_exclude_file": "files",
    "regex.should_exclude_line": "lines",
    "regex.should_exclude_secret": "secrets",
}


class Excluded(NamedTuple):
    """What a baseline leaves out, by patterns of RE2: files, lines, secrets."""

    files: tuple[Compiled, ...] = ()
    lines: tuple[Compiled, ...] = ()
    secrets: tuple[Compiled, ...] = ()


class Baseline:
    """A ``.secrets.baseline``: the detectors in use, what is left out, and the findings that are known.

    ``detectors`` are names of the library's own with their number ``limit``, ``filters`` names from
    ``_OF_SECRETS``, ``known`` triples of path, kind and hash. Raises SealwardError for anything else: a
    detector or a filter of somebody's own would be code to run.
    """

    def __init__(self, data: bytes) -> None:
        content = _content(data)
        self.detectors = tuple(map(_detector, _entries(content, "plugins_used")))
        self.filters: tuple[str, ...] = ()
        self.excluded = Excluded()
        for entry in _entries(content, "filters_used"):
            self._filter(entry)
        self.known = frozenset(_known(content))

    def _filter(self, entry: dict[str, Any]) -> None:
        path = str(entry.get("path"))
        name = path.removeprefix(_FILTERS)
        if not path.startswith(_FILTERS) or name not in {*_OF_SECRETS, *_OTHERS, *_EXCLUDES}:
            raise _foreign(f"the filter {path[:80]!r}")
        if name in _OF_SECRETS:
            self.filters += (name,)
        elif name in _EXCLUDES:
            patterns = entry.get("pattern")
            listed = patterns if isinstance(patterns, list) else [patterns]
            field = _EXCLUDES[name]
            self.excluded = self.excluded._replace(**{field: tuple(map(_pattern, listed))})


class Scan:
    """detect-secrets over the lines of one file."""

    def __init__(self, path: str, baseline: Baseline | None) -> None:
        self.path = path
        self.baseline = baseline
        self.excluded = baseline.excluded if baseline else Excluded()
        self.detectors = _detectors(baseline.detectors if baseline else None)
        self.is_known = ""
        self.is_left_out = path == FILE_NAME or _any(self.excluded.files, path)

    def held(self, line: str, number: int) -> str | None:
        """What kind of secret detect-secrets sees in a line, in words; None where none.
        ``is_known`` then names the baseline, if that has all of them."""
        known = None
        if self.is_left_out or _any(self.excluded.lines, line):
            return None
        for detector in self.detectors:
            for secret in detector.analyze_line(filename=self.path, line=line, line_number=number):
                if self._is_filtered(secret.secret_value or "", line, detector):
                    continue
                found = f"what looks like a secret ({secret.type})"
                if not self._is_known(secret):
                    self.is_known = ""
                    return found
                known = found
        self.is_known = FILE_NAME if known else ""
        return known

    def is_allowed(self, line: str, previous: str) -> bool:
        """Whether an allow-list comment of detect-secrets stands on the line, or before it for it."""
        from detect_secrets.filters.allowlist import is_line_allowlisted
        from detect_secrets.util.code_snippet import CodeSnippet

        if "allowlist" not in line + previous and "whitelist" not in line + previous:
            return False
        snippet = CodeSnippet([previous, line], 0, 1)
        return bool(is_line_allowlisted(self.path, line, snippet))

    def _is_filtered(self, secret: str, line: str, detector: BasePlugin) -> bool:
        if _any(self.excluded.secrets, secret):
            return True
        if type(detector).__name__ not in _GUESSING and is_made_up(secret):
            return True
        values = {"secret": secret, "line": line, "plugin": detector}
        names = self.baseline.filters if self.baseline else _OF_SECRETS
        return any(_ask(_filter(name), values) for name in names)

    def _is_known(self, secret: PotentialSecret) -> bool:
        return (
            self.baseline is not None and (self.path, secret.type, secret.secret_hash) in self.baseline.known
        )


def _content(data: bytes) -> dict[str, Any]:
    try:
        content = json.loads(data) if len(data) <= _LARGEST else None
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise _broken()
    return content


def _entries(content: dict[str, Any], name: str) -> list[dict[str, Any]]:
    entries = content.get(name)
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise _broken()
    return entries


def _detector(entry: dict[str, Any]) -> tuple[str, float | None]:
    """Its name and its limit. What a library's own detector has no use for is not looked at."""
    name, limit = entry.get("name"), entry.get("limit")
    if "path" in entry or not isinstance(name, str) or name not in _kinds():
        raise _foreign(f"the detector {str(name)[:80]!r}")
    return name, float(limit) if isinstance(limit, (int, float)) and not isinstance(limit, bool) else None


def _known(content: dict[str, Any]) -> list[tuple[str, str, str]]:
    results = content.get("results")
    if not isinstance(results, dict):
        raise _broken()
    found = []
    for path, entries in results.items():
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict):
                found.append((path, str(entry.get("type")), str(entry.get("hashed_secret"))))
    return found


def _pattern(text: object) -> Compiled:
    compiled = compile_re2(text) if isinstance(text, str) else None
    if compiled is None:
        hint = "RE2 has no look-around and no back-references; write it without them"
        raise SealwardError(f"{FILE_NAME} has a pattern that RE2 does not take", hint)
    return compiled


def _any(patterns: tuple[Compiled, ...], text: str) -> bool:
    return any(pattern.search(as_utf8(text)) is not None for pattern in patterns)


@lru_cache(maxsize=1)
def _kinds() -> dict[str, Callable[..., BasePlugin]]:
    """The library's own detectors by name, and no other."""
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class

    kinds: dict[str, type[Any]] = get_mapping_from_secret_type_to_class()
    own = (kind for kind in kinds.values() if kind.__module__.startswith("detect_secrets.plugins."))
    return {kind.__name__: kind for kind in own}


@lru_cache(maxsize=2)
def _detectors(chosen: tuple[tuple[str, float | None], ...] | None) -> list[BasePlugin]:
    """Those of a baseline, else all that know a shape and do not guess."""
    kinds = _kinds()
    wanted = [(name, None) for name in sorted(kinds.keys() - _GUESSING)] if chosen is None else chosen
    limited = ("Base64HighEntropyString", "HexHighEntropyString")
    return [
        kinds[name](limit) if limit is not None and name in limited else kinds[name]()
        for name, limit in wanted
        if name not in _OURS
    ]


@lru_cache(maxsize=16)
def _filter(name: str) -> Callable[..., bool]:
    from detect_secrets.filters import heuristic

    function: Callable[..., bool] = getattr(heuristic, name.removeprefix("heuristic."))
    return function


def _ask(function: Callable[..., bool], values: dict[str, Any]) -> bool:
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    return bool(function(**{name: values[name] for name in names}))


def _broken() -> SealwardError:
    hint = f"`detect-secrets scan > {FILE_NAME}` makes one"
    return SealwardError(f"{FILE_NAME} is not a baseline of detect-secrets", hint)


def _foreign(what: str) -> SealwardError:
    hint = "only detectors and filters of the library itself are used: anything else would be code to run"
    return SealwardError(f"{FILE_NAME} names {what}, which is not one of detect-secrets", hint)
