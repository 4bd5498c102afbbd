"""detect-secrets at the edge: its detectors and filters on one line, its baseline, its comments."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from sealward.errors import SealwardError

FILE_NAME = ".secrets.baseline"
_NOISY = frozenset(
    (
        "KeywordDetector",
        "Base64HighEntropyString",
        "HexHighEntropyString",
        "IPPublicDetector",
        "BasicAuthDetector",
        "JwtTokenDetector",
    )
)
"""Detectors that guess, or know less than ours: they run only where a baseline says so."""


class Baseline:
    """A ``.secrets.baseline``: the detectors in use, and the findings that somebody has audited."""

    def __init__(self, data: bytes) -> None:
        from detect_secrets.core import baseline

        try:
            content = json.loads(data)
            self.settings = {key: content[key] for key in ("plugins_used", "filters_used")}
            with self.in_force():
                self.known = baseline.load(content, FILE_NAME)
        except (ValueError, KeyError, TypeError):
            raise SealwardError(
                f"{FILE_NAME} is no baseline of detect-secrets",
                f"`detect-secrets scan > {FILE_NAME}` makes one",
            ) from None

    def in_force(self) -> Any:
        """A block in which these settings are the ones of detect-secrets."""
        from detect_secrets.settings import transient_settings

        return transient_settings(self.settings)


class Scan:
    """detect-secrets over the lines of one file."""

    def __init__(self, path: str, baseline: Baseline | None) -> None:
        self.path = path
        self.baseline = baseline
        self.plugins, self.filters = _tools(baseline)

    def held(self, line: str, number: int) -> str | None:
        """What kind of secret detect-secrets sees in a line, in words; None where none, or a known one."""
        for plugin in self.plugins:
            for secret in plugin.analyze_line(filename=self.path, line=line, line_number=number):
                if not self._is_filtered(secret.secret_value, line, plugin) and not self._is_known(secret):
                    return f"what looks like a secret ({secret.type})"
        return None

    def is_allowed(self, line: str, previous: str) -> bool:
        """Whether an allow-list comment of detect-secrets stands on the line, or before it for it."""
        from detect_secrets.filters.allowlist import is_line_allowlisted
        from detect_secrets.util.code_snippet import CodeSnippet

        snippet = CodeSnippet([previous, line], 0, 1)
        return bool(is_line_allowlisted(self.path, line, snippet))

    def _is_filtered(self, secret: str, line: str, plugin: Any) -> bool:
        values = {"filename": self.path, "secret": secret, "line": line, "plugin": plugin}
        return any(
            rule(**{name: values[name] for name in rule.injectable_variables})
            for rule in self.filters
            if "secret" in rule.injectable_variables and rule.injectable_variables <= values.keys()
        )

    def _is_known(self, secret: Any) -> bool:
        return self.baseline is not None and secret in self.baseline.known[self.path]


@lru_cache(maxsize=2)
def _tools(baseline: Baseline | None) -> tuple[list[Any], list[Any]]:
    """The detectors and filters: those of the baseline, else all that know a shape and do not guess."""
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
    from detect_secrets.settings import get_filters, get_plugins, transient_settings

    kinds: dict[str, Any] = get_mapping_from_secret_type_to_class()
    names = {kind.__name__ for kind in kinds.values()}
    shapes = {"plugins_used": [{"name": name} for name in sorted(names - _NOISY)]}
    with baseline.in_force() if baseline else transient_settings(shapes):
        return list(get_plugins()), list(get_filters())
