"""Seeds, spreading, hops and their fusion: the way from a question to evidence."""

from graphmem.retrieve.around import with_neighbours
from graphmem.retrieve.broad import search_in_scope
from graphmem.retrieve.reading import with_reading
from graphmem.retrieve.search import MAX_K, search
from graphmem.retrieve.weights import DEFAULT_WEIGHTS, Weights

__all__ = ["DEFAULT_WEIGHTS", "MAX_K", "Weights", "search", "search_in_scope", "with_neighbours", "with_reading"]
