"""Fixed findings, as every format shows them."""

from __future__ import annotations

from sealward.finding import Finding, Place, Severity
from sealward.report import Summary

FINDINGS = [
    Finding(
        rule="plaintext-value",
        place=Place("a b/sé.enc.yaml", 4, 7, "db.password"),
        message="stands in clear",
        hint="seal it",
    ),
    Finding(
        rule="data-key-kept",
        place=Place("a b/sé.enc.yaml", 9, 1, "sops"),
        message="left",
        hint="rotate",
        severity=Severity.WARNING,
    ),
    Finding(rule="not-sealed", place=Place("other,file:1.json"), message="100% is\nnot", hint="seal it"),
    Finding(
        rule="plaintext-value",
        place=Place("list.yaml", 2, 3, "items[3]"),
        message="stands in clear",
        hint="seal it",
    ),
]
SUMMARY = Summary(7, 2)
