"""Folders of derived files: written whole or not at all, and believed only after their checksums.

``indexes/<generation>/`` holds the files and ``manifest.json``, which names the store, the generation and, for every
file, its size and checksum. A folder that is missing, old, cut short or foreign is rebuilt by whoever notices.

Reading every byte again at each opening would make opening as slow as the store is large. ``seen.json`` therefore keeps
the size, time and inode that each file had when its checksum was last right, and only a file that is another since, or
was written at the very instant when that was noted, is read again.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import threading
import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, cast

import numpy as np
import xxhash
from numpy.typing import NDArray

__all__ = [
    "DERIVED",
    "ArrayFile",
    "broken_reason",
    "checksum",
    "discard_others",
    "folder_of",
    "link_file",
    "link_folder",
    "mapped_array",
    "others_left",
    "read_array",
    "read_arrays",
    "write_arrays",
    "write_folder",
]

T = TypeVar("T", bound=np.generic)
_FORMAT = 8
_MANIFEST, _SEEN = "manifest.json", "seen.json"
_TEMPORARY = "tmp-"
_CHUNK = 1 << 20
_PARSING = threading.Lock()
DERIVED = "derived"
"""The folder of what other packages derive, beside the store's own indexes."""


def folder_of(store: Path, generation: int) -> Path:
    """Where the derived files of a generation lie."""
    return store / "indexes" / f"{generation:010d}"


def others_left(store: Path, generation: int) -> bool:
    """Whether there is anything else beside the derived files of a generation."""
    return bool(_others(store, generation))


def discard_others(store: Path, generation: int) -> None:
    """Remove the derived files of every other generation, and what a killed process left half-written."""
    for path in _others(store, generation):
        _discard(path)


def _others(store: Path, generation: int) -> list[Path]:
    kept = folder_of(store, generation)
    return [path for path in kept.parent.iterdir() if path != kept] if kept.parent.is_dir() else []


def _discard(folder: Path) -> None:
    # Renamed first, so that who reads it finds all of it or nothing.
    gone = folder.parent / f"{_TEMPORARY}{uuid.uuid4().hex}"
    with suppress(OSError):
        folder.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


def checksum(path: Path) -> str:
    """XXH3 (128 bits) of a file, in hexadecimal."""
    digest = xxhash.xxh3_128()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _files(folder: Path) -> list[str]:
    found = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if not path.is_dir()]
    return [name for name in found if name != _MANIFEST and not name.startswith(_SEEN)]


def _signature(manifest: Mapping[str, object]) -> str:
    return xxhash.xxh3_128_hexdigest(json.dumps(manifest, sort_keys=True).encode())


def write_folder(
    target: Path, identity: Mapping[str, object], build: Callable[[Path], None], previous: Path | None = None
) -> None:
    """Let ``build`` fill a temporary folder, sign it, and rename it into place; ``identity`` goes into the manifest.

    A file that ``build`` has linked from the verified folder ``previous`` keeps the checksum that it has there.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.parent / f"{_TEMPORARY}{uuid.uuid4().hex}"
    known = _read_json(previous / _MANIFEST)["files"] if previous is not None else {}
    try:
        temporary.mkdir()
        build(temporary)
        files = {}
        for name in _files(temporary):
            path = temporary / name
            linked = previous is not None and name in known and path.samefile(previous / name)
            files[name] = known[name] if linked else [path.stat().st_size, checksum(path)]
        manifest = {"format": _FORMAT, **identity, "files": files}
        manifest["checksum"] = _signature(manifest)
        path = temporary / _MANIFEST
        with path.open("w", encoding="utf-8") as file:
            json.dump(manifest, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        _note_seen(temporary, files)
        if target.exists():
            _discard(target)
        temporary.rename(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def broken_reason(folder: Path, identity: Mapping[str, object], *, thorough: bool = False) -> str:
    """Why a folder cannot be used, "" where it can; ``thorough`` reads every byte, whatever was seen before."""
    try:
        manifest = _read_json(folder / _MANIFEST)
        if manifest.pop("checksum") != _signature(manifest):
            return "the manifest is damaged"
        if manifest["format"] != _FORMAT or any(manifest.get(key) != value for key, value in identity.items()):
            return "written for another store or state"
        files = manifest["files"]
        doubtful = set(files) if thorough else files.keys() - _unchanged(folder)
        for name, (size, digest) in files.items():
            path = folder / name
            if path.stat().st_size != size:
                return f"{name} is of another size"
            if name in doubtful and checksum(path) != digest:
                with suppress(OSError):
                    (folder / _SEEN).unlink()
                return f"{name} is damaged"
        if strange := [name for name in _files(folder) if name not in files]:
            return f"{strange[0]} does not belong there"
        if doubtful:
            _note_seen(folder, files)
    except FileNotFoundError as error:
        return f"{Path(str(error.filename)).name} is missing"
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return "the manifest is unreadable"
    return ""


def _read_json(path: Path) -> dict[str, Any]:
    with path.open(encoding="utf-8") as file:
        return cast(dict[str, Any], json.load(file))


def _look(path: Path) -> list[int]:
    found = path.stat()
    return [found.st_size, found.st_mtime_ns, found.st_ino]


def _note_seen(folder: Path, names: Iterable[str]) -> None:
    """Remember what verified files look like; where nothing can be written, they are read again the next time."""
    with suppress(OSError):
        seen = {name: _look(folder / name) for name in names}
        # Several readers may note the same at once.
        temporary = folder / f"{_SEEN}-{uuid.uuid4().hex}"
        with temporary.open("w", encoding="utf-8") as file:
            json.dump(seen, file)
        temporary.replace(folder / _SEEN)


def _unchanged(folder: Path) -> set[str]:
    """Names of files that look as they did when they were verified."""
    try:
        noted = (folder / _SEEN).stat().st_mtime_ns
        seen = _read_json(folder / _SEEN)
        # Clocks tick in milliseconds: a file as young as the note may have been written again after it.
        return {name for name, look in seen.items() if _look(folder / name) == look and look[1] < noted}
    except (OSError, ValueError, TypeError, AttributeError):
        return set()


def write_arrays(folder: Path, arrays: Mapping[str, NDArray[np.generic]]) -> None:
    """One ``.npy`` a name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        with (folder / f"{name}.npy").open("wb") as file:
            # Numpy's own way of writing does not say that it was the disk that was full.
            np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(array))
            file.write(np.ascontiguousarray(array).data)


def mapped_array(path: Path, shape: tuple[int, ...], kind: type[T]) -> NDArray[T]:
    """A new ``.npy`` file of zeros, mapped into memory to be written."""
    if 0 in shape:
        # Nothing cannot be mapped.
        np.save(path, np.zeros(shape, dtype=kind), allow_pickle=False)
        return np.zeros(shape, dtype=kind)
    array = np.lib.format.open_memmap(path, mode="w+", dtype=kind, shape=shape)
    # A full disk that is met through mapped memory ends the process: all the room is taken now.
    if hasattr(os, "posix_fallocate"):
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
    return np.asarray(array)


class ArrayFile:
    """A ``.npy`` file of one dimension that is written piece by piece, and is valid from the end of its ``with`` on."""

    def __init__(self, path: Path, kind: type[np.generic] | np.dtype[Any]) -> None:
        self._kind = np.dtype(kind)
        self._count = 0
        self._file = path.open("wb")
        self._write_header()

    def _write_header(self) -> None:
        # Numpy leaves room in its header for a length that is known only at the end.
        np.lib.format.write_array_header_1_0(
            self._file,
            {"descr": np.lib.format.dtype_to_descr(self._kind), "fortran_order": False, "shape": (self._count,)},
        )

    def append(self, values: NDArray[Any]) -> None:
        """Write further values, shape (n,)."""
        self._file.write(np.ascontiguousarray(values, dtype=self._kind).data)
        self._count += len(values)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._file:
            if error is None:
                self._file.seek(0)
                self._write_header()


def link_file(source: Path, target: Path) -> None:
    """The same file in two folders; a copy where the file system knows no links."""
    with suppress(OSError):
        os.link(source, target)
        return
    shutil.copyfile(source, target)


def link_folder(source: Path, target: Path) -> None:
    """A new folder with the same files as another, which holds no folders."""
    target.mkdir(parents=True)
    for path in source.iterdir():
        link_file(path, target / path.name)


def read_array(path: Path) -> NDArray[Any]:
    """The array of a ``.npy`` file, mapped into memory rather than read."""
    # numpy parses a header as Python, which threads must not do at the same time (python/cpython issue 106905).
    with _PARSING:
        # A plain view: numpy's own subclass for mapped files makes every slice several times slower.
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))


def read_arrays(folder: Path) -> dict[str, NDArray[Any]]:
    """The arrays of a folder, mapped into memory rather than read; ``FileNotFoundError`` where it is taken away
    meanwhile."""
    arrays = {path.stem: read_array(path) for path in sorted(folder.glob("*.npy"))}
    if not folder.exists():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(folder))
    return arrays
