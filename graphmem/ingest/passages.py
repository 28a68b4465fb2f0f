"""A document becomes its passages: groups of whole sentences of about the same size, never across a section's edge."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, pairwise

import regex

from graphmem.ingest.sentences import split_sentences
from graphmem.model import Document, Passage, Section, Span

__all__ = ["DEFAULT_PASSAGE_TOKENS", "cut"]

TokenCounter = Callable[[Sequence[str]], list[int]]

DEFAULT_PASSAGE_TOKENS = 140
"""About 100 English words."""

MAX_WHOLE_WORDS = 1500
"""A ready-made passage (``Document.whole``) longer than this is cut like any other text."""

MAX_SENTENCE_TOKENS = 400
"""A longer "sentence" (a text without punctuation) is divided at white space."""

MAX_SENTENCE_CHARACTERS = 2000
"""Bound on what is handed to the token counter as one text."""

MAX_GAP = 200
"""Characters without a word (rules, padding) that a passage may contain between two of its sentences."""

COUNT_BATCH = 512
"""Texts handed to the token counter at once."""

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Khmer}\p{Lao}\p{Myanmar}"
_WORD = regex.compile(rf"[{_UNSPACED}]|[[\p{{L}}\p{{N}}\p{{M}}]--[{_UNSPACED}]]+", regex.V1)


def cut(
    document: Document,
    *,
    count_tokens: TokenCounter | None = None,
    passage_tokens: int = DEFAULT_PASSAGE_TOKENS,
) -> list[Passage]:
    """The passages of a document, in order; ``[]`` for one without words.

    A section becomes ``round(tokens / passage_tokens)`` passages, at least one, divided where their sizes come out
    most even, at the end of a paragraph where one is near. ``count_tokens`` gives the embedder's tokens of each
    text; without it they are estimated. ``passage.text == document.text[a:b]`` for its span ``(a, b)``.

    Raises ``ValueError`` for ``passage_tokens`` below 1.
    """
    if passage_tokens < 1:
        raise ValueError(f"a passage of {passage_tokens} tokens cannot be cut: ask for at least 1")
    count = count_tokens or _estimate_tokens
    passages: list[Passage] = []
    for heading, (start, end) in _stretches(document):
        # What stays one passage whatever its size needs no sizes.
        counted = _of_long(count) if document.whole and end - start <= MAX_WHOLE_WORDS else count
        sentences = _bounded(document.text, split_sentences(document.text, start, end), counted)
        for run in _runs(sentences):
            target = None if document.whole and _is_short(document.text, run) else passage_tokens
            for group in _group(document.text, run, target):
                passages.append(_passage(document, heading, group, len(passages)))
    return passages


def _passage(document: Document, heading: str, sentences: Sequence[Span], ordinal: int) -> Passage:
    span = (sentences[0][0], sentences[-1][1])
    return Passage(
        id=f"{document.id}#{ordinal}",
        document_id=document.id,
        ordinal=ordinal,
        title=document.title,
        heading=heading,
        text=document.text[span[0] : span[1]],
        span=span,
        sentences=tuple(sentences),
    )


def _stretches(document: Document) -> Iterator[tuple[str, Span]]:
    """Each section's heading path ("Trade > Herring"), without the document's own title, and its span."""
    if not document.sections:
        yield "", (0, len(document.text))
    path: list[Section] = []
    for section in document.sections:
        path = [above for above in path if above.level < section.level]
        path.append(section)
        titles = [each.title for each in path if each.title and each.title != document.title]
        yield " > ".join(titles), section.span


# --- sizes ---------------------------------------------------------------------------------------------


def _estimate_tokens(texts: Sequence[str]) -> list[int]:
    """1.35 tokens a word, as word-piece tokenizers give for English; never fewer than one for 8 characters."""
    return [max(round(1.35 * len(_WORD.findall(text))), len(text) // 8, 1) for text in texts]


def _of_long(count: TokenCounter) -> TokenCounter:
    """Counts the tokens of those texts alone that may have more than a sentence may: each has a byte at least."""

    def counted(texts: Sequence[str]) -> list[int]:
        long = [len(text.encode("utf-8", "surrogatepass")) > MAX_SENTENCE_TOKENS for text in texts]
        tokens = iter(count([text for text, is_long in zip(texts, long, strict=True) if is_long]) if any(long) else ())
        return [next(tokens) if is_long else 1 for is_long in long]

    return counted


def _is_short(text: str, sentences: Sequence[tuple[Span, int]]) -> bool:
    if sentences[-1][0][1] - sentences[0][0][0] <= MAX_WHOLE_WORDS:
        # A word has a character at least.
        return True
    words = 0
    for (start, end), _ in sentences:
        words += len(_WORD.findall(text, start, end))
        if words > MAX_WHOLE_WORDS:
            return False
    return True


def _bounded(text: str, sentences: list[Span], count: TokenCounter) -> list[tuple[Span, int]]:
    """The sentences with their tokens, those above the bounds divided."""
    pieces = [
        piece
        for start, end in sentences
        for piece in _divide(text, start, end, -(-(end - start) // MAX_SENTENCE_CHARACTERS))
    ]
    sized: list[tuple[Span, int]] = []
    for first in range(0, len(pieces), COUNT_BATCH):
        batch = pieces[first : first + COUNT_BATCH]
        for (start, end), tokens in zip(batch, count([text[a:b] for a, b in batch]), strict=True):
            parts = _divide(text, start, end, -(-tokens // MAX_SENTENCE_TOKENS))
            sized.extend((part, -(-tokens // len(parts))) for part in parts)
    return sized


def _divide(text: str, start: int, end: int, parts: int) -> list[Span]:
    """About ``parts`` pieces of about the same length, at white space where there is some in reach."""
    if parts <= 1:
        return [(start, end)]
    size = -(-(end - start) // parts)
    spans: list[Span] = []
    while start < end:
        stop = min(start + size, end)
        if stop < end and not text[stop].isspace():
            space = next((at for at in range(stop - 1, start + size // 2, -1) if text[at].isspace()), stop)
            stop = space
        spans.append((start, stop - _trailing_space(text, start, stop)))
        start = stop
        while start < end and text[start].isspace():
            start += 1
    return spans


def _trailing_space(text: str, start: int, end: int) -> int:
    piece = text[start:end]
    return len(piece) - len(piece.rstrip())


def _runs(sentences: list[tuple[Span, int]]) -> Iterator[list[tuple[Span, int]]]:
    """Sentences with no wide gap between them."""
    if not sentences:
        return
    run = [sentences[0]]
    for previous, sentence in pairwise(sentences):
        if sentence[0][0] - previous[0][1] > MAX_GAP:
            yield run
            run = []
        run.append(sentence)
    yield run


# --- grouping ------------------------------------------------------------------------------------------


def _group(text: str, sentences: list[tuple[Span, int]], target: int | None) -> Iterator[list[Span]]:
    """Divides the sentences into groups of about ``target`` tokens (``None``: one group)."""
    spans = [span for span, _ in sentences]
    totals = list(accumulate(tokens for _, tokens in sentences))
    groups = max(1, round(totals[-1] / target)) if target else 1
    size = totals[-1] / groups
    first = 0
    for number in range(1, groups):
        ends = _possible_ends(totals, first, number * size, size)
        if ends:
            after = 1 + min(ends, key=lambda at: (_cost(text, spans, at, abs(totals[at] - number * size), size), at))
            yield spans[first:after]
            first = after
    yield spans[first:]


def _possible_ends(totals: list[int], first: int, ideal: float, size: float) -> set[int]:
    """The sentences near ``ideal`` that may end a group begun at ``first``, so that no group is a tiny one.

    Empty where one very long sentence spans the place: the next group takes this one in.
    """
    before = totals[first - 1] if first else 0
    low = bisect_left(totals, before + size / 3)
    high = min(bisect_right(totals, totals[-1] - size / 3) - 1, len(totals) - 2)
    nearest = bisect_left(totals, ideal)
    near = {*range(bisect_left(totals, ideal - size / 3), bisect_right(totals, ideal + size / 3)), nearest - 1, nearest}
    return {at for at in near if low <= at <= high}


def _cost(text: str, spans: list[Span], at: int, distance: float, size: float) -> float:
    """How far an end is from the ideal one, in tokens; within a paragraph, an eighth of a passage further."""
    gap = text[spans[at][1] : spans[at + 1][0]]
    return distance if gap.count("\n") > 1 else distance + size / 8
