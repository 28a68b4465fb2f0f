"""What a model has written is kept under a key of all that it was asked with."""

from __future__ import annotations

import hashlib
import json

__all__ = ["completion_key"]


def completion_key(*asked: object) -> str:
    """A hash of whom was asked and what: identities, settings and texts that JSON can hold, in a fixed order."""
    return hashlib.blake2b(json.dumps(asked).encode(), digest_size=16).hexdigest()
