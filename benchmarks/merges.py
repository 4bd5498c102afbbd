"""Random merges against an independent oracle: python -m benchmarks.merges [COUNT [SEALED [SEED]]]

COUNT triples (5000) of random documents are merged as plain text, in all stores, and SEALED more (200)
after the real sops has sealed and edited them, some with a data key rotated on one side or both, some
with lists, several documents or another indentation. The oracle works on Python values alone, and has
git merge the lists. Every clean result must open with `sops decrypt` and hold what the oracle says;
conflicts must be the oracle's; and with one data key every ciphertext but the MAC's must be one of ours
or theirs."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import oracle_of_merges as oracle
from sealward.document import parse
from sealward.merging.layout import body_of, text_of
from sealward.merging.merge import merge
from sealward.merging.outcome import Request
from sealward.merging.pieces import conflicts
from sealward.merging.side import Tokens, plain
from sealward.merging.three_way import Merger
from sealward.plaintext import Plaintext
from sealward.sops import program
from sealward.sops.reading.identities import find

if TYPE_CHECKING:
    from benchmarks.oracle_of_merges import Tree

SUFFIXES = {"yaml": "yaml", "json": "json", "dotenv": "env", "ini": "ini"}
WORDS = (
    "alpha",
    "beta",
    "two words",
    "x: y",
    "# no comment",
    "- dash",
    "\u00e9\u4e2d",
    "yes",
    "1",
    "",
    "a\nb",
    '"q"',
)


def value(chance: random.Random, depth: int, store: str) -> Tree:
    kind = chance.random()
    if store in ("dotenv", "ini"):
        return chance.choice(("one", "two", "three four", "5", "x=y"))
    if depth < 3 and kind < 0.22:
        return tree(chance, depth + 1, store)
    if depth < 3 and kind < 0.38:
        return distinct([value(chance, 3, store) for _ in range(chance.randrange(5))])
    if depth < 3 and kind < 0.44:
        return [
            {"name": f"n{at}", "v": value(chance, 3, store)}
            for at in chance.sample(range(6), chance.randrange(1, 4))
        ]
    choices: tuple[Tree, ...] = (
        chance.choice(WORDS),
        chance.randrange(100),
        chance.choice((True, False)),
        None,
    )
    return chance.choice((*choices, chance.choice(WORDS), chance.choice((0.5, 1.25, 2.5))))


def tree(chance: random.Random, depth: int, store: str) -> dict[str, Tree]:
    keys = chance.sample([f"k{at}" for at in range(9)], chance.randrange(1, 6))
    return {key: value(chance, depth, store) for key in keys}


def document(chance: random.Random, store: str) -> dict[str, Tree]:
    if store == "ini":
        return {f"s{at}": tree(chance, 3, store) for at in range(chance.randrange(1, 4))}
    return tree(chance, 0, store)


def edited(chance: random.Random, old: Tree, store: str, depth: int = 0) -> Tree:
    """Some entries changed, added, removed, moved."""
    if isinstance(old, dict):
        new = {
            key: edited(chance, one, store, depth + 1) for key, one in old.items() if chance.random() > 0.08
        }
        if chance.random() < 0.25 and not (store == "ini" and depth == 0):
            new[f"k{chance.randrange(9)}"] = value(chance, depth, store)
        if chance.random() < 0.06:
            pairs = list(new.items())
            chance.shuffle(pairs)
            new = dict(pairs)
        return new or dict(old)
    if isinstance(old, list):
        listed: list[Tree] = [
            edited(chance, one, store, 3) if chance.random() < 0.3 else one
            for one in old
            if chance.random() > 0.1
        ]
        if chance.random() < 0.2:
            listed.insert(chance.randrange(len(listed) + 1), value(chance, 3, store))
        return distinct(listed)
    return value(chance, max(depth, 2), store) if chance.random() < 0.18 else old


def distinct(items: list[Tree]) -> list[Tree]:
    """Without repetitions: among equal items it is anybody's guess which one was changed, and git's is
    another."""
    return list({json.dumps(one, sort_keys=True): one for one in items}.values())


def text(data: Tree, store: str) -> str:
    """A document as sops lays it out."""
    assert isinstance(data, dict)
    if store == "json":
        return json.dumps(data, indent="\t", ensure_ascii=False) + "\n"
    if store == "dotenv":
        return "".join(f"{key}={one}\n" for key, one in data.items())
    if store == "ini":
        return "".join(
            f"[{name}]\n" + "".join(f"{key} = {one}\n" for key, one in section.items())
            for name, section in data.items()
            if isinstance(section, dict)
        )
    return "".join(f"{line}\n" for line in yaml_lines(data, 0))


def yaml_lines(data: Tree, indent: int) -> list[str]:
    space = " " * indent
    lines: list[str] = []
    if isinstance(data, dict):
        for key, one in data.items():
            if isinstance(one, (dict, list)) and one:
                lines += [f"{space}{key}:", *yaml_lines(one, indent + 4)]
            else:
                lines.append(f"{space}{key}: {json.dumps(one, ensure_ascii=False)}")
    elif isinstance(data, list):
        for one in data:
            if isinstance(one, (dict, list)) and one:
                first, *rest = yaml_lines(one, indent + 2)
                lines += [f"{space}- {first[indent + 2 :]}", *rest]
            else:
                lines.append(f"{space}- {json.dumps(one, ensure_ascii=False)}")
    return lines


def read(data: str, store: str) -> Tree:
    """A document's values, by readers of others."""
    if store == "json":
        return oracle.of_json(data)
    if store == "dotenv":
        return {line.partition("=")[0]: line.partition("=")[2] for line in data.split("\n") if line}
    if store == "ini":
        found: dict[str, Tree] = {}
        for line in data.split("\n"):
            if line.startswith("["):
                section: dict[str, Tree] = {}
                found[line[1:-1]] = section
            elif line.strip():
                key, _, one = line.partition("=")
                section[key.strip()] = one.strip()
        return found
    import yaml

    document: Tree = yaml.safe_load(data)
    return document


def ordered(data: Tree, store: str) -> Tree:
    """With keys in order, as their order is not compared; and an INI file has no empty section."""
    if isinstance(data, dict):
        return {key: ordered(data[key], store) for key in sorted(data) if data[key] != {} or store != "ini"}
    return [ordered(one, store) for one in data] if isinstance(data, list) else data


def plain_merge(base: str, ours: str, theirs: str, path: str) -> tuple[str, set[str]]:
    tokens = Tokens()
    bodies = [
        body_of(plain(name, parse(path, data.encode()), tokens))
        for name, data in (("base", base), ("ours", ours), ("theirs", theirs))
    ]
    root = Merger().documents(*(body.roots[0] for body in bodies))
    found = {".".join(str(step) for step in where) for where, _ in conflicts(root.children)}
    return text_of(parse(path, ours.encode()), [root], [[]]), found


class World:
    """A key, and a folder for the real sops to edit in."""

    def __init__(self, folder: str) -> None:
        import pyrage

        identity = pyrage.x25519.Identity.generate()
        self.folder = Path(folder)
        keys = self.folder / "keys.txt"
        keys.write_text(f"{identity}\n")
        os.environ["SOPS_AGE_KEY_FILE"] = str(keys)
        self.rules = json.dumps({"creation_rules": [{"age": str(identity.to_public())}]}).encode()
        self.new = self.folder / "new"
        self.editor = self.folder / "editor"
        self.editor.write_text(f'#!/bin/sh\ncat {self.new} > "$1"\n')
        self.editor.chmod(0o755)

    def seal(self, path: str, data: str) -> bytes:
        return program.encrypt(path, Plaintext(data.encode()), self.rules)

    def edit(self, path: str, sealed: bytes, data: str) -> bytes:
        """What `sops edit` makes of it."""
        file = self.folder / path
        file.write_bytes(sealed)
        self.new.write_text(data)
        environment = {**os.environ, "EDITOR": str(self.editor)}
        done = subprocess.run(
            [program.find(), "edit", path], cwd=self.folder, env=environment, capture_output=True, check=False
        )
        assert done.returncode in (0, 200), done.stderr
        return file.read_bytes()


def judge_plain(chance: random.Random, count: Counter[str]) -> None:
    store = chance.choice(("yaml", "yaml", "json", "dotenv", "ini"))
    base = document(chance, store)
    ours, theirs = (edited(chance, base, store) for _ in range(2))
    expected, clashes = oracle.merge(base, ours, theirs)
    texts = [text(one, store) for one in (base, ours, theirs)]
    made, found = plain_merge(texts[0], texts[1], texts[2], f"x.{SUFFIXES[store]}")
    same = found == clashes and (
        bool(clashes) or ordered(read(made, store), store) == ordered(expected, store)
    )
    count["conflict" if clashes else "clean"] += 1
    if not same:
        count["DIFFERENT"] += 1
        print(f"different ({store}):", *texts, made, found, clashes, ordered(expected, store), sep="\n----\n")


def judge_sealed(chance: random.Random, count: Counter[str], world: World) -> None:
    store = chance.choice(("yaml", "yaml", "json", "dotenv", "ini"))
    path = f"x.{SUFFIXES[store]}"
    base = document(chance, store)
    ours, theirs = (edited(chance, base, store) for _ in range(2))
    sealed = world.seal(path, text(base, store))
    sides = [world.edit(path, sealed, text(one, store)) for one in (ours, theirs)]
    rotated = [chance.random() < 0.12 for _ in sides]
    sides = [
        program.rotate_data_key(path, one) if turn else one for one, turn in zip(sides, rotated, strict=True)
    ]
    clear = [
        read(program.decrypt(path, one, parse(path, one).store).text(), store) for one in (sealed, *sides)
    ]
    expected, clashes = oracle.merge(*clear)
    result = merge(Request(path=path, base=sealed, ours=sides[0], theirs=sides[1], identities=find()))
    found = {clash.path.replace("[", ".").replace("]", "") for clash in result.clashes}
    count["sealed conflict" if clashes else "sealed clean"] += 1
    count["resealed"] += result.resealed
    wrong = found != clashes
    if result.is_clean and not wrong:
        opened = read(program.decrypt(path, result.data, parse(path, result.data).store).text(), store)
        wrong = ordered(opened, store) != ordered(expected, store)
        if not result.resealed:
            known = {leaf.text for one in sides for leaf in parse(path, one).leaves}
            wrong |= any(leaf.text not in known for leaf in parse(path, result.data).leaves)
    if wrong:
        count["DIFFERENT"] += 1
        print(f"different ({path}):", clear, found, clashes, ordered(expected, store), sep="\n----\n")


def main(words: list[str]) -> int:
    plain_count, sealed_count, seed = [*map(int, words), *(5000, 200, 1)[len(words) :]]
    chance, count = random.Random(seed), Counter[str]()
    for _ in range(plain_count):
        judge_plain(chance, count)
    with tempfile.TemporaryDirectory() as folder:
        world = World(folder)
        for _ in range(sealed_count):
            judge_sealed(chance, count, world)
    print(", ".join(f"{number} {name}" for name, number in sorted(count.items())))
    return 1 if count["DIFFERENT"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
