"""Folders of derived files: written whole or not at all, and believed only after their checksums.

``indexes/<generation>/`` holds the files and ``manifest.json``, which names the store, the generation and, for every
file, its size and checksum. A folder that is missing, old, cut short or foreign is rebuilt by whoever notices.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import xxhash
from numpy.typing import NDArray

__all__ = ["DERIVED", "broken_reason", "discard_others", "folder_of", "read_arrays", "write_arrays", "write_folder"]

_FORMAT = 2
_MANIFEST = "manifest.json"
_CHUNK = 1 << 20
DERIVED = "derived"
"""The folder of what other packages derive, beside the store's own indexes."""


def folder_of(store: Path, generation: int) -> Path:
    """Where the derived files of a generation lie."""
    return store / "indexes" / f"{generation:010d}"


def discard_others(store: Path, generation: int) -> None:
    """Remove the derived files of every other generation, and what a killed process left half-written."""
    kept = folder_of(store, generation)
    for path in kept.parent.iterdir() if kept.parent.is_dir() else ():
        if path != kept:
            shutil.rmtree(path, ignore_errors=True)


def _checksum(path: Path) -> str:
    digest = xxhash.xxh3_128()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def write_folder(target: Path, identity: Mapping[str, object], build: Callable[[Path], None]) -> None:
    """Let ``build`` fill a temporary folder, sign it, and rename it into place; ``identity`` goes into the manifest."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.parent / f"tmp-{uuid.uuid4().hex}"
    try:
        temporary.mkdir()
        build(temporary)
        files = {
            str(path.relative_to(temporary).as_posix()): [path.stat().st_size, _checksum(path)]
            for path in sorted(temporary.rglob("*"))
            if path.is_file()
        }
        manifest = {"format": _FORMAT, **identity, "files": files}
        path = temporary / _MANIFEST
        with path.open("w", encoding="utf-8") as file:
            json.dump(manifest, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.rmtree(target)
        temporary.rename(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def broken_reason(folder: Path, identity: Mapping[str, object]) -> str:
    """Why a folder cannot be used, "" where it can: every byte of it is read and compared."""
    try:
        with (folder / _MANIFEST).open(encoding="utf-8") as file:
            manifest = json.load(file)
        if manifest["format"] != _FORMAT or any(manifest.get(key) != value for key, value in identity.items()):
            return "written for another store or state"
        for name, (size, checksum) in manifest["files"].items():
            path = folder / name
            if path.stat().st_size != size:
                return f"{name} is cut short"
            if _checksum(path) != checksum:
                return f"{name} is damaged"
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
    """The arrays of a folder, mapped into memory rather than read."""
    # Plain views: numpy's own subclass for mapped files makes every slice several times slower.
    return {
        path.stem: np.asarray(np.load(path, mmap_mode="r", allow_pickle=False)) for path in sorted(folder.glob("*.npy"))
    }
