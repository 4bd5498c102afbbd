"""The house: floors that import only downwards, no circle, and effects at known doors alone."""

from __future__ import annotations

import ast
import re
import sys
from functools import cache, lru_cache
from pathlib import Path

import pytest

from tests.support.code import Module

TOP = Path(__file__).parents[1]

FLOORS = """
    errors records finding plaintext patterns addresses rules globs times shell children terminal worktree executables
    config files git document
    allowed lock
    references sops.format
    sops.services sops.reading sops.program sops.scratch vault detectors
    sealed claims policies
    checks
    engine reencryption status rotation deploy merging differences history
    report
    demo commands cli __main__
"""
"""From the ground up. A module imports from its own floor and from those below."""

PURE = "checks claims detectors references document policies sops.format report finding rules errors globs times git.rows"
"""Text and values in, text and values out: no effect of any kind, and the same outcome each time."""

HARMLESS = """
    os os.path os.path.join* os.path.dirname* os.path.basename* os.path.normpath* os.path.isabs* os.path.split*
    os.path.commonpath* os.sep os.pathsep* os.devnull os.linesep os.name os.fsencode* os.fsdecode* os.fspath* os.PathLike
    os.O_* os.?_OK os.SEEK_* os.supports_* os.strerror* os.getpid* os.getppid* os.cpu_count* os.sched_getaffinity*
    os._exit* os.stat_result importlib
"""
EFFECTS = {
    "processes": """
        subprocess* multiprocessing* concurrent.futures.process* concurrent.futures.ProcessPoolExecutor* pty*
        asyncio.create_subprocess* asyncio.subprocess* ~.subprocess_exec ~.subprocess_shell
        os.fork* os.exec* os.spawn* os.posix_spawn* os.system* os.popen* os.kill* os.wait*
    """,
    "network": """
        requests* hvac* urllib3* httpx* aiohttp* socket* ssl* http.client* http.server* urllib.request* ftplib* smtplib*
        imaplib* poplib* telnetlib* xmlrpc* paramiko* asyncio.open_connection* asyncio.start_server* webbrowser*
    """,
    "clock": "time time.* datetime.*.now* datetime.*.utcnow* datetime.*.today* os.times*",
    "chance": "random* secrets secrets.* uuid.uuid1* uuid.uuid4* os.urandom* os.getrandom*",
    "environment": """
        os.environ* os.getenv* os.putenv* os.unsetenv* os.getcwd* os.chdir* os.fchdir* os.path.abspath* os.path.relpath*
        os.path.expand* os.getlogin* os.uname* os.umask* os.set?id* sys.argv* sys.path* getpass.getuser*
        pathlib.Path.cwd* pathlib.Path.home* ~.expanduser ~.absolute/0
    """,
    "terminal": """
        print* input* sys.stdout* sys.stderr* sys.stdin* getpass* logging* warnings* os.isatty* *.get_terminal_size*
        termios* tty* readline* curses*
    """,
    "loading": """
        __import__* importlib.* exec eval compile runpy* ctypes* sys.modules* pickle* marshal* pkgutil* code code.*
    """,
    "files": """
        open open() io.open* io.FileIO* codecs.open* os.* shutil* tempfile* glob glob.* fcntl* mmap* fileinput* linecache*
        sqlite3* dbm* shelve* zipfile* tarfile* gzip* bz2* lzma* ~.read_bytes ~.read_text ~.write_bytes ~.write_text
        ~.unlink ~.mkdir ~.rmdir ~.iterdir ~.rglob ~.symlink_to ~.hardlink_to ~.is_file ~.is_dir ~.is_symlink ~.is_mount
        ~.samefile ~.readlink ~.lstat ~.lchmod ~.open/0 ~.open/1 ~.glob/1 ~.rename/1 ~.replace/1 ~.touch/0 ~.chmod/1
        ~.stat/0 ~.exists/0 ~.resolve/0 pathlib.Path.*
    """,
}
"""What is an effect: dotted names, ``*`` for anything, ``~`` for a path or something unknown, with the number
of arguments where that sets it apart. A name is of the first kind that has it: whatever ``os`` has and
nobody thought of counts as a file."""

DOORS = {
    "processes": """
        commands.exec demo.bao_server demo.stage deploy.proxy engine.workers files git.process rotation.values.child sops.program
        sops.reading.identities
    """,
    "network": "demo.bao_server deploy.api vault.api vault.auth vault.connection vault.transport vault.wire",
    "clock": """
        commands.demo commands.pin commands.retire commands.rotate commands.status
        demo.bao_server deploy.api deploy.proxy deploy.rollout
        rotation.batch sops.scratch terminal
        vault.inspector vault.server_clock vault.transport
        commands.policies engine.policies
    """,
    "chance": """
        commands.deployment demo.bao_server differences.mask_key files rotation.retirement.claims rotation.steps
        rotation.values.generators vault.transport
    """,
    "environment": """
        __main__ children cli commands.check commands.log commands.status demo.stage differences.mask_key
        differences.settings engine.paths engine.sources git.history git.repository sops.reading.identities
        sops.services terminal vault.connection
    """,
    "terminal": """
        cli commands.check commands.demo commands.deployed commands.deployment commands.exec commands.explain
        commands.options commands.reencrypt commands.rotate commands.status commands.textconv demo.stage
        demo.story engine.paths engine.workers rotation.values.new_values terminal
        commands.policies
    """,
    "loading": "checks cli document engine.workers plaintext report",
    "files": """
        allowed cli commands.exec commands.explain commands.git demo.bao_server demo.stage demo.story
        deploy.proxy differences.mask_key engine.paths engine.sources engine.workers executables files
        git.committing git.history git.plumbing git.process git.repository lock merging.in_git
        reencryption.transaction rotation.programs rotation.values.child sealed.rules sealed.unsealed
        sops.program sops.reading.identities sops.scratch vault.auth vault.connection vault.wire worktree
    """,
}
"""Each kind of effect, and the modules that may have it. A new one is added here on purpose, or not at all."""

BENCHMARKS = {
    "processes": """
        contents deploy literal_peers merges one_file oracle_of_merges peers plain_peers public_repositories
        repositories rotation stopwatch
    """,
    "network": "",
}
"""The same for the measurements, which may do all else."""


@lru_cache
def modules(package: str) -> dict[str, Module]:
    """Every module of a package by its name below it."""
    top = {"sealward": TOP / "hooks" / "sealward", "benchmarks": TOP / "benchmarks"}[package]
    found = {}
    for file in sorted(top.rglob("*.py")):
        steps = file.relative_to(top).with_suffix("").parts
        name = ".".join(steps[:-1] if steps[-1] == "__init__" else steps)
        found[name] = Module(ast.parse(file.read_text(encoding="utf-8")))
    return found


def own(package: str, imported: str) -> str:
    """The module of a package that an imported name stands for, or lies in; empty for anything else."""
    first, _, name = imported.partition(".")
    while name and name not in modules(package):
        name = name.rpartition(".")[0]
    return name if first == package else ""


def is_within(name: str, rooms: str) -> bool:
    return any(name == room or name.startswith(f"{room}.") for room in rooms.split())


def floor(name: str) -> int:
    for number, line in enumerate(FLOORS.strip().splitlines()):
        if is_within(name, line):
            return number
    raise AssertionError(f"{name} is on no floor: put it into FLOORS")


def test_nobody_imports_from_above() -> None:
    wrong = [
        f"{name} imports {other}"
        for name, module in modules("sealward").items()
        for other in {own("sealward", one) for one in module.for_types} - {"", name, "sops"}
        if name and floor(other) > floor(name)
    ]
    assert wrong == []


def test_the_package_knows_nothing_of_tests_and_measurements() -> None:
    known = {one for module in modules("sealward").values() for one in module.for_types}
    assert {one for one in known if is_within(one, "tests benchmarks")} == set()


@pytest.mark.parametrize("package", ["sealward", "benchmarks"])
def test_no_circle(package: str) -> None:
    """Imports within functions count: late, and still one way."""
    edges = {
        name: {own(package, one) for one in module.imports()} - {"", name}
        for name, module in modules(package).items()
    }
    assert circle(edges) == ()


def circle(edges: dict[str, set[str]]) -> tuple[str, ...]:
    """A way through a graph that leads back to where it was; empty where there is none."""
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> tuple[str, ...]:
        if name in way:
            return (*way[way.index(name) :], name)
        found = (
            ()
            if name in done
            else next(filter(None, (visit(one, (*way, name)) for one in sorted(edges[name]))), ())
        )
        done.add(name)
        return found

    return next(filter(None, (visit(name, ()) for name in sorted(edges))), ())


def _pattern(word: str) -> str:
    text = re.escape(word).replace(r"\*", ".*").replace(r"\?", ".")
    return text.replace(r"\~", r"(?:[?]|.*\(\)|pathlib\.Path)(?:\..*)?")


_ROWS = [
    (kind, re.compile("|".join(map(_pattern, words.split()))))
    for kind, words in {"": HARMLESS, **EFFECTS}.items()
]


@cache
def kind_of(name: str) -> str:
    """The kind of effect that a dotted name has; empty for none."""
    return next((kind for kind, pattern in _ROWS if pattern.fullmatch(name)), "")


def effects(module: Module) -> set[str]:
    """The kinds of effects that a module's code has."""
    return {kind_of(name) for name in module.uses()} - {""}


@pytest.mark.parametrize(
    ("package", "kind", "doors"),
    [("sealward", *row) for row in DOORS.items()] + [("benchmarks", *row) for row in BENCHMARKS.items()],
)
def test_effects_have_known_doors(package: str, kind: str, doors: str) -> None:
    """One that is missing is a new door: is it wanted? One too many has no such effect any more."""
    found = {name for name, module in modules(package).items() if kind in effects(module)}
    assert found == set(doors.split())


def test_what_is_pure_has_no_effects() -> None:
    """Modules that are loaded when they are needed, from a table of our own, are no effect."""
    pure = {name: effects(module) for name, module in modules("sealward").items() if is_within(name, PURE)}
    assert {name: found for name, found in pure.items() if found - {"loading"}} == {}


def test_no_module_shadows_the_standard_library() -> None:
    names = {name.rpartition(".")[2] for name in modules("sealward")}
    assert names & set(sys.stdlib_module_names) - {"__main__"} == set()


HOT = ("Leaf", "Value")
"""Made once for each value of each file: keywords would cost a tenth of the time."""


def positional(package: dict[str, Module], root: str) -> list[str]:
    """Calls that build a record of more than four fields, any of them by position."""
    large = {name for name, fields in records(package).items() if fields > 4 and not name.endswith(HOT)}
    found = []
    for name, module in package.items():
        known = module.names | {
            one.rpartition(".")[2]: f"{root}.{one}" for one in large if one.rpartition(".")[0] == name
        }
        for node in module.nodes:
            if isinstance(node, ast.Call) and node.args:
                words = ast.unparse(node.func).split(".")
                called = ".".join((known.get(words[0], "?"), *words[1:])).removeprefix(f"{root}.")
                found += [f"{name}:{node.lineno} {called}"] if called in large else []
    return found


RECORDS = ("typing.NamedTuple", "sealward.records.Record")


def records(package: dict[str, Module]) -> dict[str, int]:
    """Every record of a package with the number of its fields, under each name that modules give it."""
    found = {
        f"{name}.{node.name}": sum(isinstance(line, ast.AnnAssign) for line in node.body)
        for name, module in package.items()
        for node in module.nodes
        if isinstance(node, ast.ClassDef) and any(module.dotted(one) in RECORDS for one in node.bases)
    }
    for name, module in package.items():
        for local, full in module.names.items():
            fields = found.get(full.partition(".")[2])
            found |= {f"{name}.{local}": fields} if fields is not None else {}
    return found


def test_large_records_are_built_by_keyword() -> None:
    """Swap two of many fields by position, and no type checker says a word."""
    assert positional(modules("sealward"), "sealward") == []


FIELDS = "\n".join(f"    {name}: int" for name in "abcde")
RECORD = f"from typing import NamedTuple\nclass Large(NamedTuple):\n{FIELDS}\nclass Small(NamedTuple):\n    a: int\n"


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("from sealward.m import Large\nLarge(1, b=2)", True),
        ("from sealward.m import Large as L\nL(1)", True),
        ("from sealward import m\nm.Large(*x)", True),
        ("from sealward.m import Large\nLarge(a=1)", False),
        ("from sealward.m import Small\nSmall(1)", False),
        ("from sealward.other import Large\nLarge(1)", False),
    ],
)
def test_a_record_by_position_is_seen(code: str, wrong: bool) -> None:
    package = {"m": Module(ast.parse(RECORD)), "user": Module(ast.parse(code))}
    assert bool(positional(package, "sealward")) is wrong


@pytest.mark.parametrize(
    ("edges", "found"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": {"b"}}, ("b", "c", "b")),
        ({"a": {"b", "c"}, "b": {"c"}, "c": set()}, ()),
    ],
)
def test_a_circle_is_seen(edges: dict[str, set[str]], found: tuple[str, ...]) -> None:
    assert circle(edges) == found


LATE = "def f():\n    "
TYPES = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    "
PATH = "from pathlib import Path\n"


@pytest.mark.parametrize(
    ("code", "kind", "harmless"),
    [
        ("import subprocess", "processes", f"{TYPES}import subprocess"),
        (f"{LATE}from subprocess import run", "processes", f"{LATE}from shlex import split"),
        ("import os\nos.fork()", "processes", "import os\nos.getpid()"),
        ("import os as o\no.posix_spawn('x', [], {})", "processes", "import os as o\no.fspath('x')"),
        ("from os import execvp", "processes", "from os import sep"),
        ("import os\nrun = os.spawnlp", "processes", "def f(os):\n    run = os.spawnlp"),
        ("import posix\nposix.fork()", "processes", "import posix\nposix.getpid()"),
        (
            "import asyncio\nasyncio.create_subprocess_exec('x')",
            "processes",
            "import asyncio\nasyncio.run(x)",
        ),
        ("from asyncio import subprocess", "processes", "from asyncio import gather"),
        (
            "from concurrent.futures import ProcessPoolExecutor",
            "processes",
            "from concurrent.futures import Future",
        ),
        (
            "from importlib import import_module\nimport_module('subprocess')",
            "processes",
            "text = 'subprocess'",
        ),
        ("__import__('subprocess').run([])", "processes", "self.__import__('subprocess')"),
        ("import os\ngetattr(os, 'system')('x')", "processes", "import os\ngetattr(os, 'sep')"),
        ("import requests.exceptions", "network", "import urllib.parse"),
        ("import urllib3", "network", "from urllib.parse import urlsplit"),
        ("import asyncio\nasyncio.open_connection('x', 1)", "network", "import asyncio\nasyncio.sleep(1)"),
        ("import time", "clock", "import datetime"),
        (
            "from datetime import datetime as d\nd.now()",
            "clock",
            "from datetime import datetime as d\nd.fromisoformat(x)",
        ),
        ("import datetime\ndatetime.date.today()", "clock", "import datetime\ndatetime.date(1, 1, 1)"),
        ("import secrets", "chance", "from sealward import secrets_of"),
        ("from uuid import uuid4", "chance", "from uuid import UUID"),
        ("import os\nos.urandom(8)", "chance", "import os\nos.sep"),
        ("from os import environ", "environment", "environ = {}"),
        ("import os\nos.environ['A']", "environment", "self.environ['A']"),
        ("import os as o\no.getenv('A')", "environment", "o.getenv('A')"),
        ("from os.path import expanduser", "environment", "from os.path import join"),
        (f"{PATH}Path.home()", "environment", f"{PATH}Path('x').name"),
        ("print('x')", "terminal", "self.print('x')"),
        ("import sys\nsys.stdout.write('x')", "terminal", "out.write('x')"),
        ("import logging", "terminal", "from sealward import terminal"),
        ("import importlib\nimportlib.import_module(name)", "loading", "from sealward import checks"),
        ("eval('1')", "loading", "def eval(x): ...\neval('1')"),
        ("open('x')", "files", "self.open('x', 'y')"),
        ("import io\nio.open('x')", "files", "import io\nio.BytesIO(b'')"),
        ("import os\nos.open('x', 0)", "files", "import os\nos.O_RDONLY"),
        (f"{PATH}Path('x').read_bytes()", "files", f"{PATH}Path('x').parent"),
        (f"{PATH}Path('x').open()", "files", f"{PATH}str(Path('x'))"),
        ("def f(path):\n    path.open('rb')", "files", "def f(key):\n    key.open(text, place)"),
        ("for one in folder.rglob('*'): ...", "files", "for one in folder.glob: ..."),
        ("folder.glob('*')", "files", "pattern.glob()"),
        ("folder.iterdir()", "files", "folder.items()"),
        ("file.replace(other)", "files", "text.replace('a', 'b')"),
        ("file.rename(other)", "files", "text.removeprefix(other)"),
        ("file.touch()", "files", "file.touched()"),
        ("import shutil as s\ns.copy('a', 'b')", "files", "import shlex as s\ns.quote('a')"),
        ("import tempfile", "files", "import textwrap"),
        *(
            (f"from os import {name}", "files", f"from sealward.x import {name}")
            for name in (
                "replace rename remove unlink symlink link walk scandir listdir makedirs chmod stat utime mkfifo truncate"
            ).split()
        ),
    ],
)
def test_a_new_door_is_seen(code: str, kind: str, harmless: str) -> None:
    assert kind in effects(Module(ast.parse(code)))
    assert effects(Module(ast.parse(harmless))) == set()
