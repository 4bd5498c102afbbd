"""The page docs/measurements/accuracy.md, from the verdicts of one run."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from benchmarks import peers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.accuracy import Result, Row

STORES = ("yaml", "json", "dotenv", "ini", "binary")

TEXT = """\
# How accurate the keyless checks are

Measured {date} by `python -m benchmarks.accuracy`, which writes this page. The corpus is made in the same
run: {good} good files that the `sops` program sealed and opens again ({stores}), over every selector,
`mac_only_encrypted`, and the key kinds that can be made offline (age, SSH through age, PGP, key groups with
a Shamir threshold), also as older versions, other editors and other key services leave them; and {defects}
defects of {kinds} kinds made from them. `tests/corpus` holds the generators; the test suite demands the
same of all of some 11,000 defects.

## Side by side

A false alarm is a good file that is refused; recall is the share of the defects that are refused. For
Sealward only the right rule counts; for the others, any refusal that is not a crash. Each was run as its
own program runs, on the same files.

{side_by_side}
{missing}
What the others look at explains the figures: `pre-commit-hook-ensure-sops` wants every value to begin with
`ENC[`, whatever the selector; `validate-sops` looks for a field `sops.version`; `sops-checker` for the text
`ENC[` or `sops:`; `sops filestatus` reads the metadata alone (given the store of each file) and calls
plaintext beside it encrypted. None compares with HEAD. They do what they say; none
of them claims to do all of this.

## Every kind of defect

Found / made, by Sealward, per store. Kinds that make no sense for a store are left out.

{table}

## Files that are not sealed

Reported / made. Made in the same run: a file for each kind of token that Sealward knows, for each issuer
whose tokens are known by the name beside them, and one token in each encoding; twins of these tokens that
nobody drew (`aaaa…`, `sample…`, `your-token-…`), and files that other tools encrypted. The kinds are our own
list, so the row says that the list holds, and of the others how much of it they know; they know kinds that
are not in it ([tokens](../tokens.md)). detect-secrets runs with all its detectors, kingfisher at its usual
confidence; nobody asks a server.

{plain}

## Real repositories

On 2026-11-24, `sealward check --all` was run over 59 public repositories with 1,120 sealed files (776 for
age, 324 for GCP KMS, 165 for PGP, 4 for Vault, one for AWS KMS, none for Azure; written by sops 3.3 to 3.13,
one by 1.13), and every finding of the `sops-*` checks was looked at. Two of these files were called damaged:
one without a MAC, a test case of sops itself, and a `.env` that was sealed twice. Nothing crashed. Further
findings: values in clear under a selector that selects nothing, decrypted copies, Kubernetes Secrets in
clear, files sealed for others than their rule names. The false alarms that came up are fixed. Nobody here
has the keys of these files, so what only a key could show was not looked for. They are not part of this
repository.
"""


def page(result: Result) -> str:
    """The whole page."""
    good = [row for row in result.rows if not row.kind]
    bad = [row for row in result.rows if row.kind]
    counted = Counter(row.store for row in good)
    missing = "".join(f"\n`{name}` could not be installed for this run.\n" for name in result.missing)
    return TEXT.format(
        date=result.date,
        good=f"{len(good):,}",
        defects=f"{len(bad):,}",
        kinds=len({row.kind for row in bad}),
        stores=", ".join(f"{counted[store]} {store}" for store in STORES),
        side_by_side=_side_by_side(good, bad),
        missing=missing,
        plain=result.plain,
        table=_table(bad),
    )


def _side_by_side(good: list[Row], bad: list[Row]) -> str:
    lines = [
        "| checker | its stores | false alarms there | recall there | crashes there | recall, all stores |",
        "|---|---|---|---|---|---|",
    ]
    versions = {name: f"{name} {version}" for name, version in peers.PINS.items()}
    for name in good[0].said:
        stores = peers.STORES.get(name, STORES)
        own_good, own_bad = ([row for row in rows if row.store in stores] for rows in (good, bad))
        lines.append(
            f"| {versions.get(name, name)} | {'all' if stores == STORES else ', '.join(stores)} "
            f"| {_share(own_good, name)} | {_share(own_bad, name)} "
            f"| {sum(row.said[name] == 'crash' for row in (*own_good, *own_bad)):,} | {_share(bad, name)} |"
        )
    return "\n".join(lines) + "\n"


def _share(rows: list[Row], name: str) -> str:
    found = sum(row.said[name] == "found" for row in rows)
    percent = 100 * found / len(rows)
    return (
        f"{found:,} of {len(rows):,} ({percent:.1f} %)"
        if 0 < found < len(rows)
        else f"{found:,} of {len(rows):,}"
    )


def _table(bad: list[Row]) -> str:
    made: Counter[tuple[str, str]] = Counter((row.kind, row.store) for row in bad)
    found = Counter((row.kind, row.store) for row in bad if row.said["sealward"] == "found")
    lines = [f"| defect | {' | '.join(STORES)} |", f"|---{'|---' * len(STORES)}|"]
    for kind in sorted({row.kind for row in bad}):
        cells = (f"{found[kind, store]}/{made[kind, store]}" if made[kind, store] else "" for store in STORES)
        lines.append(_row(kind, cells))
    totals = (f"{_total(found, store)}/{_total(made, store)}" for store in STORES)
    lines.append(_row("**all**", totals))
    return "\n".join(lines)


def _row(name: str, cells: Iterable[str]) -> str:
    return f"| {name} | {' | '.join(cells)} |"


def _total(counted: Counter[tuple[str, str]], store: str) -> int:
    return sum(number for (_, one), number in counted.items() if one == store)
