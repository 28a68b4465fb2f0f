"""Which embedder a store is written and searched with: the one that it was built with, or a clear refusal."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from graphmem.embed.models import DEFAULT_MODEL, known_models, model_path
from graphmem.embed.opening import is_endpoint, open_embedder
from graphmem.errors import GraphmemError, ModelError
from graphmem.protocols import Embedder

__all__ = ["AUTO", "NONE", "EmbedderChoice"]

AUTO, NONE = "auto", "none"
_NAMED_AGAIN = {"endpoint": "the address of the endpoint", "object": "the embedder object"}


class EmbedderChoice:
    """The embedder that was asked for, opened at the first need, and held against what the store records.

    ``requested`` is :data:`AUTO` (the store's own; for a new store the default model where it has been pulled),
    :data:`NONE`, a specification as :func:`open_embedder` takes it, or an embedder. ``recorded`` are the store's
    settings. ``notify`` gets one line where a search has to do without vectors.
    """

    def __init__(
        self, requested: str | Embedder | None, recorded: Mapping[str, str], notify: Callable[[str], None]
    ) -> None:
        self._requested = NONE if requested is None else requested
        self._notify = notify
        self._lock = threading.Lock()
        self._opened: tuple[Embedder | None] | None = None
        self.note(recorded)

    def note(self, recorded: Mapping[str, str]) -> None:
        """The store has been written since: these are its settings now. A model that is open stays open."""
        self._fresh = "embedder_id" not in recorded
        self._recorded_spec = recorded.get("embedder", "")
        self._recorded_id = recorded.get("embedder_id", "")
        self._missing = False

    def settings(self, embedder: Embedder | None) -> dict[str, str]:
        """What a store that is written with this embedder records."""
        return {
            "embedder": "" if embedder is None else self._spec(),
            "embedder_id": "" if embedder is None else embedder.id,
            "dimension": "0" if embedder is None else str(embedder.dimension),
        }

    def _spec(self) -> str:
        # An address is never taken from a store: a text leaves the machine only where the user has said so.
        if not isinstance(self._requested, str):
            return "object"
        if self._requested == AUTO:
            return DEFAULT_MODEL if self._fresh else self._recorded_spec
        if is_endpoint(self._requested):
            return "endpoint"
        known = {model.name.casefold(): model.name for model in known_models()}
        return known.get(self._requested.casefold()) or str(Path(self._requested).expanduser().absolute())

    def for_search(self) -> Embedder | None:
        """The embedder to search with, ``None`` for text and graph alone; raises :class:`ModelError`."""
        # Threads may need it at once: a model is opened once, and its lack told once.
        with self._lock:
            return self._for_search()

    def _for_search(self) -> Embedder | None:
        if self._fresh or self._requested == NONE or self._missing:
            return None
        if not self._recorded_id:
            if self._requested != AUTO:
                raise self._misfit(self._open())
            return None
        try:
            embedder = self._open()
        except GraphmemError as error:
            if self._requested != AUTO:
                raise
            self._notify(f"searching by words and graph alone: {error}")
            self._missing = True
            return None
        if embedder is not None and embedder.id != self._recorded_id:
            raise self._misfit(embedder)
        return embedder

    def for_index(self, *, reembed: bool) -> tuple[Embedder | None, bool]:
        """The embedder to index with, and whether it is another than the store's; raises :class:`ModelError`."""
        if self._requested == AUTO and self._fresh and model_path(DEFAULT_MODEL) is None:
            self._notify(
                f"no embedding model is on this machine: indexing for search by words and graph alone "
                f"(get one with 'graphmem model pull {DEFAULT_MODEL}')"
            )
            return None, False
        if self._requested == AUTO and not self._fresh and not self._recorded_id and not reembed:
            return None, False
        with self._lock:
            embedder = self._open()
        changed = not self._fresh and (embedder.id if embedder is not None else "") != self._recorded_id
        if changed and not reembed:
            raise self._misfit(embedder)
        return embedder, changed

    def _open(self) -> Embedder | None:
        if self._opened is None:
            if not isinstance(self._requested, str):
                self._opened = (self._requested,)
            elif self._requested == NONE:
                self._opened = (None,)
            elif self._requested != AUTO:
                self._opened = (open_embedder(self._requested),)
            elif self._recorded_spec in _NAMED_AGAIN:
                raise ModelError(
                    f"the store was built with the embedder '{self._recorded_id}': "
                    f"name {_NAMED_AGAIN[self._recorded_spec]} again with --embedder"
                )
            else:
                self._opened = (open_embedder(self._recorded_spec or DEFAULT_MODEL),)
        return self._opened[0]

    def _misfit(self, embedder: Embedder | None) -> ModelError:
        def described(id_: str) -> str:
            return f"the embedder '{id_}'" if id_ else "no embedder"

        return ModelError(
            f"the store was built with {described(self._recorded_id)}, and {described(embedder.id if embedder else '')} "
            "was asked for: leave --embedder out, or make all vectors anew with 'graphmem index --reembed PATH'"
        )
