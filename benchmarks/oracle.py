"""Native reading beside the program itself, on generated and damaged documents: python -m benchmarks.oracle

The test suite does the same with fewer documents. Exit 1, and each difference shown, if there is any.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.support import sealed_documents as sealed

DOCUMENTS = 1_000


class Tally(NamedTuple):
    """Distinct sealed documents that both read: how many each store, key kind, selector and verdict had."""

    documents: int
    stores: Counter[str]
    keys: Counter[str]
    selectors: Counter[str]
    verdicts: Counter[str]
    differences: list[str]


def compare(documents: int) -> Tally:
    """Let the program and native reading open at least so many distinct documents, half of them damaged."""
    seen: set[bytes] = set()
    tally = Tally(0, Counter(), Counter(), Counter(), Counter(), [])
    with tempfile.TemporaryDirectory() as name:
        keys = sealed.Keys(Path(name))
        variants = keys.variants()

        @settings(max_examples=documents, deadline=None, database=None, phases=[Phase.generate],
                  suppress_health_check=list(HealthCheck))  # fmt: skip
        @given(sealed.cases(), st.sampled_from(list(variants)), st.integers(0, 10_000), st.integers(-6, 7))
        def one(case: sealed.Case, variant: str, number: int, mutation: int) -> None:
            groups, threshold, environment = variants[variant]
            data = sealed.seal(case, groups, threshold, keys.environment(), Path(name))
            if data is None:
                return
            data = data if mutation < 0 else sealed.mutate(data, mutation, number)
            if case.text + variant.encode() + bytes([mutation % 256]) in seen:
                return
            seen.add(case.text + variant.encode() + bytes([mutation % 256]))
            found = sealed.difference(data, case.store, environment, Path(name))
            if found:
                tally.differences.append(f"{case} for {variant}, mutation {mutation}/{number}: {found}")
            status, _ = sealed.oracle(data, case.store, environment, Path(name))
            tally.stores[case.store] += 1
            tally.keys[variant] += 1
            tally.selectors[" ".join(case.selector) or "none"] += 1
            tally.verdicts["accepted" if status == 0 else f"refused with {status}"] += 1

        while len(seen) < documents:
            one()
    return tally._replace(documents=len(seen))


def main() -> int:
    """Compare, and print the tally."""
    parser = argparse.ArgumentParser(prog="benchmarks.oracle", description=__doc__)
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    tally = compare(parser.parse_args().documents)
    for name, counts in (("stores", tally.stores), ("keys", tally.keys), ("verdicts", tally.verdicts)):
        print(f"{name}: {', '.join(f'{key} {count}' for key, count in counts.most_common())}")
    print(f"{tally.documents} documents, {len(tally.differences)} differences", *tally.differences, sep="\n")
    return 1 if tally.differences else 0


if __name__ == "__main__":
    raise SystemExit(main())
