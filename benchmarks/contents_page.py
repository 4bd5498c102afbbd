"""The page that benchmarks.contents writes."""

from __future__ import annotations

TEXT = """\
# Looking inside: how right, how fast

Measured {date} by `python -m benchmarks.contents`, which writes this page: Python {python}, {system},
{cores} cores. Times are whole processes, medians of {rounds} runs taken in turn. Ratios travel between
machines; seconds do not.

## As the program reads

{documents:,} distinct documents, made and damaged at random, were sealed by `sops` and opened by it and by
us: **{differences} differences** in what is accepted, and in every value and its type.

| | documents |
|---|---|
{tally}

## Speed and memory

Sealed files of some {bytes:.0f} KB, twenty values each, no two alike: opened, the MAC and every value
verified, and each value judged
(`sealward check --require-keys --only sops-integrity --only vault-references`).

Up to a hundred sealed files are judged in one process; the others are spread over up to four cores. The
memory is that of the largest process.

| sealed files | seconds | peak memory |
|---|---|---|
{growth}

```mermaid
xychart-beta
    title "Seconds against sealed files"
    x-axis "files" [{sizes}]
    y-axis "seconds" 0 --> {top}
    line [{seconds}]
```

`sops decrypt` one by one takes {theirs:.1f} s for the {most:,} files, and judges nothing:
**{factor:.1f} times** as long. With all checks on, ours takes {all_checks:.2f} s ({all_factor:.1f} times).

## One file, with its key

| whole process | milliseconds | × `import yaml` |
|---|---|---|
{one}

## Which literals are secrets

{secrets} literals that are secrets and {harmless} that are not, each alone in a YAML file under its key
(`tests/detectors/literals_*.txt`). We wrote the tables, and our rules beside them, so they favour us: they
show
what a trading bot's team would leak, and each scanner looks for something of its own. Nothing asks a server
whether a secret is valid.

| | secrets found | harmless ones taken for a secret |
|---|---|---|
{scores}
"""
