"""Whether a text says what is claimed to stand in it: words compared folded, and the place given back."""

from __future__ import annotations

from collections.abc import Iterator

from graphmem.folding import tokenize
from graphmem.model import Span

__all__ = ["Grounds"]


class Grounds:
    """The words of a text, in which parts are looked for; ``offset`` is where the text stands in its document."""

    def __init__(self, text: str, offset: int) -> None:
        self._words = tokenize(text)
        self._offset = offset

    def places(self, part: str) -> Iterator[Span]:
        """Spans, in the document, of the words of ``part`` one after the other, whatever their case and accents."""
        wanted = [word for word, _, _ in tokenize(part)]
        if not wanted:
            return
        for start in range(len(self._words) - len(wanted) + 1):
            found = self._words[start : start + len(wanted)]
            if [word for word, _, _ in found] == wanted:
                yield found[0][1] + self._offset, found[-1][2] + self._offset

    def nearest(self, part: str, sentence: Span) -> Span | None:
        """The place that lies in a sentence or, where there is none, nearest to it; ``None`` for a part that is nowhere."""
        return min(self.places(part), key=lambda place: _distance(place, sentence), default=None)


def _distance(place: Span, sentence: Span) -> int:
    return max(sentence[0] - place[0], place[1] - sentence[1], 0)
