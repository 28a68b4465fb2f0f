"""Folders of derived files: written whole or not at all, and believed only after their checksums.

``indexes/<generation>/`` holds the files and ``manifest.json``, which names the store, the generation and, for every
file, its size and checksum. A folder that is missing, old, cut short or foreign is rebuilt by whoever notices.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np
import xxhash
from numpy.typing import NDArray

__all__ = [
    "DERIVED",
    "broken_reason",
    "checksum",
    "discard_others",
    "folder_of",
    "others_left",
    "read_arrays",
    "write_arrays",
    "write_folder",
]

_FORMAT = 3
_MANIFEST = "manifest.json"
_TEMPORARY = "tmp-"
_CHUNK = 1 << 20
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
    return [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if not path.is_dir()]


def _signature(manifest: Mapping[str, object]) -> str:
    return xxhash.xxh3_128_hexdigest(json.dumps(manifest, sort_keys=True).encode())


def write_folder(target: Path, identity: Mapping[str, object], build: Callable[[Path], None]) -> None:
    """Let ``build`` fill a temporary folder, sign it, and rename it into place; ``identity`` goes into the manifest."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.parent / f"{_TEMPORARY}{uuid.uuid4().hex}"
    try:
        temporary.mkdir()
        build(temporary)
        files = {name: [(temporary / name).stat().st_size, checksum(temporary / name)] for name in _files(temporary)}
        manifest = {"format": _FORMAT, **identity, "files": files}
        manifest["checksum"] = _signature(manifest)
        path = temporary / _MANIFEST
        with path.open("w", encoding="utf-8") as file:
            json.dump(manifest, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            _discard(target)
        temporary.rename(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def broken_reason(folder: Path, identity: Mapping[str, object]) -> str:
    """Why a folder cannot be used, "" where it can: every byte of it is read and compared."""
    try:
        with (folder / _MANIFEST).open(encoding="utf-8") as file:
            manifest = json.load(file)
        if manifest.pop("checksum") != _signature(manifest):
            return "the manifest is damaged"
        if manifest["format"] != _FORMAT or any(manifest.get(key) != value for key, value in identity.items()):
            return "written for another store or state"
        for name, (size, digest) in manifest["files"].items():
            path = folder / name
            if path.stat().st_size != size:
                return f"{name} is of another size"
            if checksum(path) != digest:
                return f"{name} is damaged"
        if strange := [name for name in _files(folder) if name not in manifest["files"] and name != _MANIFEST]:
            return f"{strange[0]} does not belong there"
    except FileNotFoundError as error:
        return f"{Path(str(error.filename)).name} is missing"
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return "the manifest is unreadable"
    return ""


def write_arrays(folder: Path, arrays: Mapping[str, NDArray[np.generic]]) -> None:
    """One ``.npy`` a name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)


def read_arrays(folder: Path) -> dict[str, NDArray[np.generic]]:
    """The arrays of a folder, mapped into memory rather than read; ``FileNotFoundError`` where it is taken away
    meanwhile."""
    # Plain views: numpy's own subclass for mapped files makes every slice several times slower.
    arrays = {
        path.stem: np.asarray(np.load(path, mmap_mode="r", allow_pickle=False)) for path in sorted(folder.glob("*.npy"))
    }
    if not folder.exists():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(folder))
    return arrays
