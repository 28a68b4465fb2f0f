"""Communities of what belongs together."""

from graphmem.hierarchy.communities import communities

__all__ = ["communities"]
