"""The key for an endpoint: from the environment, or from a file that its owner alone can read. It is never stored or shown."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from urllib.parse import urlsplit

from graphmem.errors import ModelError, SettingsError

__all__ = ["api_key", "authorization", "without_key"]

KEY, KEY_FILE = "GRAPHMEM_API_KEY", "GRAPHMEM_API_KEY_FILE"
_MOST_BYTES = 10_000
_USABLE = re.compile(r"[!-~]+")


def api_key() -> str:
    """The key in ``GRAPHMEM_API_KEY``, else in the file that ``GRAPHMEM_API_KEY_FILE`` names; "" where neither is set.

    Raises :class:`SettingsError` for a file that cannot be read or that others may use, and for a key that no
    header can carry. No message holds any part of the key.
    """
    where, key = KEY, os.environ.get(KEY, "").strip()
    if not key and (name := os.environ.get(KEY_FILE, "")):
        where, key = f"the file {name} ({KEY_FILE})", _from_file(Path(name).expanduser())
    elif not key:
        return ""
    if not _USABLE.fullmatch(key):
        raise SettingsError(f"the key in {where} is empty or holds other characters than a key has: correct it")
    return key


def authorization(address: str) -> dict[str, str]:
    """The headers that a request to an endpoint needs beside its own: the key, where there is one.

    Raises :class:`ModelError` for an address with a name or password in it, which every error would print, and
    :class:`SettingsError` as :func:`api_key` does.
    """
    try:
        secret = "@" in urlsplit(address).netloc
    except ValueError as error:
        raise ModelError(
            f"the address of the endpoint is no address ({error}): write it as in https://host/v1#model"
        ) from None
    if secret:
        raise ModelError(
            "the address of the endpoint holds a name or a password, which would be printed with every error: "
            f"put a key into {KEY}"
        )
    key = api_key()
    return {"Authorization": f"Bearer {key}"} if key else {}


def without_key(text: str) -> str:
    """What an endpoint said, without the key, which some repeat."""
    key = api_key()
    return text.replace(key, "[key]") if key else text


def _from_file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            # Looked at once it is open, so that it is the file that is read.
            mode = os.fstat(file.fileno()).st_mode
            if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise SettingsError(
                    f"the key file {path} may be used by others than its owner: close it with 'chmod 600 {path}'"
                )
            return file.read(_MOST_BYTES).decode("ascii", "replace").strip()
    except OSError as error:
        raise SettingsError(
            f"the key file {path} cannot be read ({error.strerror}): correct {KEY_FILE}, or unset it"
        ) from error
