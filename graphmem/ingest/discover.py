"""Paths, folders and patterns become the files to read, in a fixed order, and nothing beside what was named.

Inside folders, hidden entries, stores, files of unknown type and whatever ``.gitignore`` or ``.graphmemignore``
exclude are left out in silence; a link that leads out of the given paths, and anything else that was named and
cannot be had, is reported.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from pathspec import GitIgnoreSpec

from graphmem.errors import SettingsError
from graphmem.ingest.readers import SUFFIXES
from graphmem.ingest.sources import Failure, Source
from graphmem.visible import one_line

__all__ = ["discover", "identify"]

IGNORE_FILES = (".gitignore", ".graphmemignore")
STDIN = "-"
_WILDCARDS = frozenset("*?[")
_MALFORMED = (ValueError, re.error)

MAX_IGNORE_BYTES = 256 * 1024
MAX_IGNORE_STARS = 3
"""Wildcards "*" that a pattern of an ignore file may have: each multiplies the time that a hostile file name takes."""


@dataclass(frozen=True, slots=True)
class _Ignore:
    """Patterns and the folder that they are relative to."""

    folder: Path
    spec: GitIgnoreSpec

    def verdict(self, path: Path, *, folder: bool = False) -> bool | None:
        """Matched (``True``), taken back by a later "!" pattern (``False``), or not mentioned (``None``)."""
        if not path.is_relative_to(self.folder):
            return None
        return self.spec.check_file(path.relative_to(self.folder).as_posix() + "/" * folder).include


def discover(paths: Sequence[str | Path], *, root: Path, excludes: Sequence[str] = ()) -> Iterator[Source | Failure]:
    """The files behind ``paths``: files, folders (recursive), patterns ("notes/**/*.md") and ``-`` for stdin.

    ``root`` is the folder that holds the store: ids are relative to it. ``excludes`` are ``.gitignore`` patterns as
    if written in a ``.gitignore`` of ``root`` (of each given folder, for one that lies elsewhere), and overrule the
    files found. A file named outright is read even when it is hidden or of unknown type. Each file comes once, the
    files of a folder before its folders, in sorted order.

    A path that does not exist, a pattern without a match, a link that leads outside, a device and a folder that may
    not be entered come back as a ``Failure`` and stop nothing. Raises ``SettingsError`` for a malformed exclude.
    """
    walk = _Walk([_absolute(path) for path in paths if str(path) != STDIN], _absolute(root), excludes)
    for given in paths:
        yield from [Source(STDIN, None)] if str(given) == STDIN else walk.given(_absolute(given))


def identify(path: str | Path, root: Path) -> str:
    """What a path is called in a store: relative to ``root``, the folder that holds it, else absolute; POSIX form."""
    path, root = _absolute(path), _absolute(root)
    candidates = ((path, root), (_resolved(path.parent) / path.name, _resolved(root)))
    inside = (name.relative_to(parent) for name, parent in candidates if name.is_relative_to(parent))
    # A file name that is no UTF-8 could not be stored, and one with a line end or an escape sequence not be printed.
    return one_line(os.fsencode(next(inside, path).as_posix()).decode("utf-8", "replace"))


class _Walk:
    """One call of ``discover``: what may be read, and what has been met so far."""

    def __init__(self, given: Sequence[Path], root: Path, excludes: Sequence[str]) -> None:
        self._root = root
        try:
            self._excludes = GitIgnoreSpec.from_lines(excludes)
        except _MALFORMED as error:
            raise SettingsError(f"an exclude pattern is malformed: {error}") from error
        self._allowed = [_resolved(_static_part(path)) for path in given]
        self._seen: set[Path] = set()
        self._met = 0
        """Files met, those that had come before included."""

    def given(self, path: Path) -> Iterator[Source | Failure]:
        """What one given path stands for."""
        if os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises where a name is too long
            yield from self._folder(path, None)
        elif os.path.exists(path):  # noqa: PTH110
            if not self._excluded(path, self._option(path.parent), [], folder=False):
                yield from self._file(path)
        elif os.path.lexists(path):
            yield Failure(self._id(path), "it is a link to a file that does not exist")
        elif _WILDCARDS.intersection(path.as_posix()):
            yield from self._pattern(path)
        else:
            yield Failure(self._id(path), "there is no such file or folder, or it may not be read")

    def _pattern(self, pattern: Path) -> Iterator[Source | Failure]:
        base = _static_part(pattern)
        wanted = _Ignore(base, GitIgnoreSpec.from_lines(["/" + pattern.relative_to(base).as_posix()]))
        met = self._met
        if base.is_dir():
            yield from self._folder(base, wanted)
        if self._met == met:
            yield Failure(self._id(pattern), "no readable file matches this pattern")

    def _folder(self, top: Path, wanted: _Ignore | None) -> Iterator[Source | Failure]:
        """Walks a folder; ``wanted`` are the paths that a pattern asks for (``None``: all)."""
        option = self._option(top)
        pending: list[tuple[Path, tuple[_Ignore, ...]]] = [(top, ())]
        while pending:
            folder, ignores = pending.pop()
            try:
                entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
                for ignore in _read_ignore_files(folder):
                    if isinstance(ignore, Failure):
                        yield Failure(self._id(folder / ignore.source), ignore.reason)
                    else:
                        ignores = (*ignores, ignore)
            except OSError as error:
                yield Failure(self._id(folder), f"the folder cannot be read ({error.strerror}): check its permissions")
                continue
            folders: list[Path] = []
            for entry in entries:
                path = folder / entry.name
                is_folder = entry.is_dir(follow_symlinks=False)
                if entry.name.startswith(".") or self._excluded(path, option, ignores, folder=is_folder):
                    continue
                if is_folder:
                    folders.append(path)
                elif wanted is None or wanted.verdict(path):
                    try:
                        yield from self._entry(path)
                    except OSError as error:  # it has gone meanwhile, or its path is longer than a path can be
                        yield Failure(self._id(path), f"it cannot be opened ({error.strerror})")
            pending += [(path, ignores) for path in reversed(folders) if not _is_store(path)]

    def _entry(self, path: Path) -> Iterator[Source | Failure]:
        """A file or link met in a folder; what a link leads to inside the given paths is read there, by its name."""
        target = _resolved(path)
        top = next((each for each in self._allowed if target.is_relative_to(each)), None)
        if not path.is_symlink():
            if path.suffix.lower() in SUFFIXES:
                yield from self._file(path)
        elif top is None:
            yield Failure(self._id(path), f"skipped: it is a link to {target}, outside the given paths")
        elif not target.exists():
            yield Failure(self._id(path), "it is a link to a file that does not exist")
        elif target.is_file() and any(part.startswith(".") for part in target.relative_to(top).parts):
            # The walk passes over hidden entries, so a visible name for one is the only way to it.
            yield from self._file(path)

    def _file(self, path: Path) -> Iterator[Source | Failure]:
        self._met += 1
        resolved = _resolved(path)
        if resolved in self._seen:
            return
        self._seen.add(resolved)
        if stat.S_ISREG(path.stat().st_mode):
            yield Source(self._id(path), path)
        else:
            yield Failure(self._id(path), "skipped: it is a device, a pipe or a socket, not a file")

    def _excluded(self, path: Path, option: _Ignore, ignores: Sequence[_Ignore], *, folder: bool) -> bool:
        """As git has it: the innermost ignore file that mentions a path decides."""
        verdicts = (ignore.verdict(path, folder=folder) for ignore in (option, *reversed(ignores)))
        return next((verdict for verdict in verdicts if verdict is not None), False)

    def _option(self, folder: Path) -> _Ignore:
        return _Ignore(self._root if folder.is_relative_to(self._root) else folder, self._excludes)

    def _id(self, path: Path) -> str:
        return identify(path, self._root)


def _absolute(path: str | Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - a link in the path stays


def _resolved(path: Path) -> Path:
    return Path(os.path.realpath(path))  # Path.resolve raises on a circle of links


def _static_part(path: Path) -> Path:
    """The path itself, or, for a pattern that names no file, the folder before its first wildcard."""
    if os.path.lexists(path):
        return path
    plain = takewhile(lambda part: not _WILDCARDS.intersection(part), path.parts)
    return Path(*plain)


def _read_ignore_files(folder: Path) -> Iterator[_Ignore | Failure]:
    """The ignore files of a folder; one that is too large for one is not obeyed, and a ``Failure`` of its name."""
    for name in IGNORE_FILES:
        file = folder / name
        if file.is_file() and not file.is_symlink():
            if file.stat().st_size > MAX_IGNORE_BYTES:
                yield Failure(name, f"it is not obeyed: an ignore file has up to {MAX_IGNORE_BYTES // 1024} KiB")
                continue
            lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
            yield _Ignore(folder, GitIgnoreSpec.from_lines(line for line in lines if _is_pattern(line)))


def _is_pattern(line: str) -> bool:
    """Whether git would make sense of the line (it passes over the others as well) and it takes no time to match."""
    if len(re.findall(r"\*+", line)) > MAX_IGNORE_STARS:
        return False
    try:
        GitIgnoreSpec.from_lines([line])
    except _MALFORMED:
        return False
    return True


def _is_store(folder: Path) -> bool:
    # Not Path.is_file, which raises where a path is too long.
    return os.path.isfile(folder / "store.db") and os.path.isdir(folder / "indexes")  # noqa: PTH112, PTH113
