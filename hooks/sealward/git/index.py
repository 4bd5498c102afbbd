"""The index and the work tree: what is tracked, staged, changed, converted on its way."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sealward.git.plumbing import PLAIN_DIFF, Plumbing
from sealward.git.rows import REGULAR_MODES, Blob, Entries, of_raw, path_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_CONVERTING = ("filter", "working-tree-encoding")
_NO_ATTRIBUTE = (b"unspecified", b"unset", b"")


class Index(Plumbing):
    """What git has in its index, and how the work tree differs from it."""

    def index(self, paths: Iterable[str] = ()) -> Entries:
        """Every path of the index, or just these, once; of one in a merge conflict any version."""
        return Entries(self._output("--literal-pathspecs", "ls-files", "--stage", "-v", "-z", "--", *paths))

    def tracked(self) -> list[str]:
        """The regular files in the index, from the top."""
        return [entry.path for entry in self.index() if entry.mode in REGULAR_MODES]

    def files_of(self, revision: str) -> list[str]:
        """The regular files of a commit, from the top."""
        rows = self._rows("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", revision)
        return [path_of(row.partition(b"\t")[2]) for row in rows if row.startswith(b"100")]

    def below(self, folder: str) -> list[str]:
        """What lies in a folder (from the top; empty: everywhere), tracked or not, ignored files left out."""
        listed = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", folder or ".")
        return sorted({path_of(row) for row in self._rows(*listed, literal=True)})

    def links(self, names: Iterable[str], revision: str = "") -> set[str]:
        """The paths of these file names, in any folder, that are symbolic links in the index or a commit."""
        if revision:
            rows = self._rows("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", revision)
        else:
            rows = self._rows("ls-files", "--stage", "-z", "--", *(f":(top,glob)**/{name}" for name in names))
        wanted = {name.encode() for name in names}
        links = (row.partition(b"\t")[2] for row in rows if row.startswith(b"120000"))
        return {path_of(path) for path in links if path.rpartition(b"/")[2] in wanted}

    def temporary(self) -> list[str]:
        """Everything tracked, links too, under a name such as Sealward gives to temporary files."""
        return [path_of(row) for row in self._rows("ls-files", "-z", "--", ":(top,glob)**/.*.sealward-*")]

    def staged(self) -> list[Blob]:
        """What the index changes against HEAD, deletions left out; the whole index without commits."""
        if self.has_head():
            changed = ("diff-index", "--cached", "--raw", "--no-abbrev", "--no-renames", "-z", "HEAD")
            rows = of_raw(self._output(*changed))
            return [Blob(path=path, name=new, previous=(old,), mode=mode) for path, mode, old, new in rows]
        return [Blob(path=one.path, name=one.name, previous=(), mode=one.mode) for one in self.index()]

    def converted(self, paths: Iterable[str] | None = None) -> set[str]:
        """The files that git does not record as they lie in the work tree: a ``filter`` changes them on the
        way (clean and smudge, LFS), or their encoding is another. Of all tracked ones, or of ``paths``.

        Asks for attributes alone; no filter runs. Line endings do not count.
        """
        if paths is not None:
            asked = b"".join(os.fsencode(path) + b"\0" for path in paths)
            fields = self._output("check-attr", "-z", "--stdin", *_CONVERTING, given=asked).split(b"\0")
            rows = zip(fields[::3], fields[2::3], strict=False)
            return {path_of(path) for path, value in rows if value not in _NO_ATTRIBUTE}
        found: set[str] = set()
        for name in _CONVERTING:
            pattern = f":(exclude,top,attr:!{name})"
            found |= {path_of(row) for row in self._rows("ls-files", "-z", "--", ":(top)", pattern)}
        return found

    def changed(self) -> set[str]:
        """The tracked files whose work tree version differs from HEAD; empty without commits."""
        if not self.has_head():
            return set()
        # Not `diff-index`: it calls a file changed that was merely touched.
        difference = ("diff", *PLAIN_DIFF, "--name-only", "--no-renames", "--ignore-submodules", "-z", "HEAD")
        return {path_of(row) for row in self._rows(*self._without_filters(), *difference)}

    def unmerged(self) -> set[str]:
        """The paths of the index that are in a merge conflict."""
        rows = self._rows("ls-files", "--unmerged", "-z", "--", ":(top)")
        return {path_of(row.partition(b"\t")[2]) for row in rows}

    def half_staged(self) -> set[str]:
        """The files whose staged content is neither that of HEAD nor that of the work tree: a commit of the
        work tree's would throw it away."""
        if not self.has_head():
            return set()
        options = (*PLAIN_DIFF, "--name-only", "--no-renames", "--ignore-submodules", "-z")
        staged = self._rows(*self._without_filters(), "diff", "--cached", *options, "HEAD")
        if not staged:
            return set()
        unstaged = self._rows(*self._without_filters(), "diff", *options)
        return {path_of(row) for row in {*staged} & {*unstaged}}

    def uncommitted(self) -> set[str]:
        """The tracked files whose content is not committed: all of them while there is no commit."""
        return self.changed() if self.has_head() else set(self.tracked())

    def _without_filters(self) -> list[str]:
        """Options under which git compares files without a run of the filters that its settings name."""
        done = self._run("config", "--null", "--name-only", "--get-regexp", r"^filter\.")
        names = {path_of(row).rpartition(".")[0] for row in done.stdout.split(b"\0") if row}
        off = ("clean=", "smudge=", "process=", "required=false")
        return [word for name in sorted(names) for one in off for word in ("-c", f"{name}.{one}")]
