"""From a premise to a hypothesis by the least edits, each with the relation that it makes.

A sentence is a row of chunks: words, and quantities of several words ("more than ten", "the 19th century"). Chunks that
differ are paired by dynamic programming (as in edit distance): to pair two is cheap where something is known of how they
are related, to leave one out costs one. What is left out of the premise is a deletion, what the hypothesis adds an
insertion.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from graphmem.natlog.factuality import MODALS, NEGATIONS, UNDONE, UNREAL, UNSURE
from graphmem.natlog.lexicon import (
    is_a,
    is_deed,
    is_kind,
    is_known,
    is_verb_form,
    lexical_relation,
    main_part,
    part_relation,
)
from graphmem.natlog.peoples import is_language
from graphmem.natlog.phrases import PREPOSITIONS
from graphmem.natlog.projection import turned
from graphmem.natlog.quantities import Quantity, are_different_units, quantities_of, quantity_relation, value_of
from graphmem.natlog.relations import Relation
from graphmem.natlog.scope import TIMES

__all__ = ["Edit", "edits"]

_LIGHT = frozenset(
    "the a an this that these those ever any anything at all be is are was were am been do does did to , ; : "
    "some of has have had will would".split()
)
"""Words that come and go without changing what is said."""
_BE = frozenset("be is are was were been being".split())
_DETERMINERS = frozenset("the a an his her its their my your our".split())
_QUANTITY = ("no", "few", "some", "a", "many", "most", "all")
_EVERYTHING = {
    **dict.fromkeys(("nothing", "none"), "no"),
    "everything": "all",
    "something": "some",
}
_SAME = {"each": "all", "every": "all", "an": "a", "several": "some", "any": "some"}
_GENERAL = {
    "someone": "person",
    "somebody": "person",
    "place": "location",
    "somewhere": "location",
    "something": "entity",
}
"""Words for anything of a kind, by the lexicon's own word for the kind."""
_INTENSIFIERS = frozenset("very really quite so".split())
_SHARES = frozenset("half quarter third part fraction".split())
_EXCEPTIVES = frozenset("except excepting excluding".split())
_ALL = frozenset("every everything all no nothing none any anything".split())
_EXCEPTION = 4
"""Words that an exception introduced by "but" has at most."""
_DOMAINS = frozenset("no any every all each other".split())
_RELATIVES = frozenset("who whom whose which that where when while".split())
_PREPOSITIONS = frozenset("of with by for from near beside behind against about".split())
_TAILS = PREPOSITIONS | {"away", "back"}
"""What verbs of several words end in: "call off", "look after", "put up with"."""
_PARTITIVES = frozenset(
    "one some many most all each both few several two three four five none half lot lots number group pair piece cup glass "
    "bottle kind sort type member members majority plenty couple dozen hundreds thousands bit part out".split()
)
_TERM = frozenset({Relation.EQUIVALENCE, Relation.FORWARD, Relation.REVERSE})
_NEVER = 3.0
_ODD = 1.8
"""The cost of pairing two words that have nothing to do with each other: a little less than leaving out both."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One rewrite: words of the premise (may be none), words of the hypothesis (may be none), their places there, the
    relation between the two, and what licenses it."""

    premise: tuple[str, ...]
    hypothesis: tuple[str, ...]
    premise_at: int
    hypothesis_at: int
    relation: Relation
    source: str


@dataclass(frozen=True, slots=True)
class _Chunk:
    text: str
    words: tuple[str, ...]
    at: int
    quantity: Quantity | None


def edits(premise: Sequence[str], hypothesis: Sequence[str]) -> list[Edit]:
    """The edits that turn the premise into the hypothesis, in order; equal words make none."""
    before, after = _chunks(premise, hypothesis), _chunks(hypothesis, premise)
    end = _alike(before[::-1], after[::-1])
    begin = _alike(before[: len(before) - end], after[: len(after) - end])
    inside = _aligned(before[begin : len(before) - end], after[begin : len(after) - end])
    pairs: list[Pair] = [(at, at) for at in range(begin)]
    pairs += [(None if i is None else begin + i, None if j is None else begin + j) for i, j in inside]
    pairs += [(len(before) - left, len(after) - left) for left in range(end, 0, -1)]
    return list(_edits_of(pairs, before, after))


def _alike(one: Sequence[_Chunk], other: Sequence[_Chunk]) -> int:
    """How many chunks at the beginning are the same in both: nothing is gained by pairing them otherwise."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (first, second) in pairs if first.text != second.text), min(len(one), len(other)))


def _chunks(words: Sequence[str], others: Sequence[str]) -> list[_Chunk]:
    """Quantities, fixed phrases that have to do with a word or phrase of the other sentence, and single words."""
    found: list[_Chunk] = []
    at = 0
    for quantity in (*quantities_of(words), None):
        end = len(words) if quantity is None else quantity.start
        while at < end:
            sizes = () if words[at] in _LIGHT else (size for size in (3, 2) if at + size <= end)
            size = next((size for size in sizes if _is_one(words[at : at + size], others)), 1)
            inside = tuple(words[at : at + size])
            found.append(_Chunk(" ".join(inside), inside, at, None))
            at += size
        if quantity is not None:
            inside = tuple(words[quantity.start : quantity.end])
            found.append(_Chunk(" ".join(inside), inside, quantity.start, quantity))
            at = quantity.end
    return found


def _is_one(words: Sequence[str], others: Sequence[str]) -> bool:
    """Whether two or three words are one term ("mobile phone", "call off", "put up with") that the other sentence has another
    word for."""
    phrase, first, last = " ".join(words), words[0], words[-1]
    if not is_known(phrase):
        return False
    if not (is_a(last, "n") or is_a(last, "a") or (last in _TAILS and is_a(first, "v"))):
        return False
    terms = [term for size in (2, 3) for term in _runs(others, size) if term != phrase and is_known(term)]
    if first not in others and last not in others:
        terms += [other for other in others if other not in _LIGHT]
    return any(lexical_relation(phrase, term) in _TERM for term in terms)


def _runs(words: Sequence[str], size: int) -> list[str]:
    return [" ".join(words[at : at + size]) for at in range(len(words) - size + 1)]


Pair = tuple[int | None, int | None]


def _aligned(premise: Sequence[_Chunk], hypothesis: Sequence[_Chunk]) -> list[Pair]:
    rows, columns = len(premise) + 1, len(hypothesis) + 1
    cost = [[0.0] * columns for _ in range(rows)]
    pair = [[_pair_cost(one, other) for other in hypothesis] for one in premise]
    for i in range(rows):
        for j in range(columns):
            if i and j:
                cost[i][j] = min(cost[i - 1][j - 1] + pair[i - 1][j - 1], cost[i - 1][j] + 1, cost[i][j - 1] + 1)
            else:
                cost[i][j] = float(i + j)
    pairs: list[Pair] = []
    i, j = rows - 1, columns - 1
    while i or j:
        if i and j and cost[i][j] == cost[i - 1][j - 1] + pair[i - 1][j - 1]:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif i and cost[i][j] == cost[i - 1][j] + 1:
            i -= 1
            pairs.append((i, None))
        else:
            j -= 1
            pairs.append((None, j))
    return pairs[::-1]


def _pair_cost(one: _Chunk, other: _Chunk) -> float:
    if one.text == other.text:
        return 0.0
    pair = {one.text, other.text}
    if (one.text in _LIGHT) != (other.text in _LIGHT) and not (pair & NEGATIONS or pair <= _DETERMINERS):
        # One comes and goes, the other does not: they are no pair.
        return _NEVER
    relation, _ = _chunk_relation(one, other)
    if relation is Relation.EQUIVALENCE:
        return 0.1
    return _ODD if relation is Relation.INDEPENDENCE else 0.6


def _edits_of(pairs: Sequence[Pair], premise: Sequence[_Chunk], hypothesis: Sequence[_Chunk]) -> Iterator[Edit]:
    at = 0
    while at < len(pairs):
        i, j = pairs[at]
        if i is not None and j is not None:
            one, other = premise[i], hypothesis[j]
            if one.words != other.words:
                relation, source = _chunk_relation(one, other)
                yield Edit(one.words, other.words, one.at, other.at, relation, source)
            at += 1
            continue
        run = at
        while run < len(pairs) and (pairs[run][0] is None) == (i is None) and None in pairs[run]:
            run += 1
        side = hypothesis if i is None else premise
        places = [place for pair in pairs[at:run] for place in pair if place is not None]
        chunks = [side[place] for place in places]
        words = tuple(word for chunk in chunks for word in chunk.words)
        after = side[places[-1] + 1].text if places[-1] + 1 < len(side) else ""
        if len(words) > 1 and words[0] == after and words[1] in ("or", "and"):
            # "[left or Ivo] left" is "left [or Ivo left]".
            words = (*words[1:], words[0])
        left_out = _deletion(words, side[places[0] - 1].text if places[0] else "", after)
        last = next((pair[i is not None] for pair in reversed(pairs[:at]) if pair[i is not None] is not None), None)
        other_side = premise if i is None else hypothesis
        behind = 0 if last is None else other_side[last].at + len(other_side[last].words)
        if i is None:
            yield Edit((), words, behind, chunks[0].at, turned(left_out), "insertion")
        else:
            yield Edit(words, (), chunks[0].at, behind, left_out, "deletion")
        at = run


def _deletion(words: Sequence[str], before: str, after: str) -> Relation:
    """What leaving out a run of words does in an upward context: most things say less without it. ``before`` and
    ``after`` are the words around them, "" at an end of the sentence."""
    content = [word for word in words if word not in _LIGHT]
    if not content:
        # "Was killed" and "killed" say different things of one subject.
        voice = words[-1] in _BE and after.endswith("ed") and is_a(after, "v")
        return Relation.INDEPENDENCE if voice else Relation.EQUIVALENCE
    # A negation alone turns the sentence; within a phrase ("who do not …") it is part of what the phrase says.
    if all(word in NEGATIONS for word in content):
        return Relation.NEGATION if len(content) % 2 else Relation.EQUIVALENCE
    if _SHARES & set(content) and words[-1] in ("of", *_DETERMINERS):
        # Half of the cake is not the cake.
        return Relation.INDEPENDENCE
    if content[0] == "neither":
        # "[Neither Ivo nor] Elena left".
        return Relation.ALTERNATION
    if _EXCEPTIVES & set(words) or ("but" in words and len(words) <= _EXCEPTION and _is_exception(words)):
        # "Everybody [but Ivo] left", "[everybody but] Ivo left".
        return Relation.INDEPENDENCE
    heads = set(content) - _PARTITIVES - _PREPOSITIONS
    if words[0] == "'s" or set(content) == {"by"} or (not before and words[-1] in _PREPOSITIONS and heads):
        # "[The sister of] Elena left", "Elena ['s sister]": what is left is somebody else; "killed [by] Ivo": in another role.
        return Relation.INDEPENDENCE
    if after and _runs_on(words, before, after):
        return Relation.INDEPENDENCE
    if is_language(before, content[0]):
        # "An English [teacher]": what is taught is a language.
        return Relation.INDEPENDENCE
    if words == ("at", "least") and after in _DETERMINERS:
        return Relation.EQUIVALENCE
    if content[-1] in MODALS:
        return Relation.REVERSE
    if content == ["possible"] and before in _DOMAINS:
        # "Every possible way" is every way that there is.
        return Relation.FORWARD
    if content[-1] in UNSURE:
        return Relation.INDEPENDENCE
    if words[-1] in ("to", "that") and content[-1] in UNREAL:
        return Relation.INDEPENDENCE
    if words[-1] in ("to", "that") and content[-1] in UNDONE:
        return Relation.ALTERNATION
    if content[0] in ("if", "unless"):
        return Relation.INDEPENDENCE
    # "X or Y" says less than "X", unless whatever is Y is X as well.
    if content[0] in ("or", "nor") or content[-1] == "or":
        joined, kept = (content[1:], before) if content[0] in ("or", "nor") else (content[:-1], after)
        absorbed = len(joined) == 1 and is_kind(joined[0], kept)
        return Relation.EQUIVALENCE if absorbed else Relation.REVERSE
    return Relation.FORWARD


def _runs_on(words: Sequence[str], before: str, after: str) -> bool:
    """Whether a run goes on from the middle of one part of a coordination into another, to which what comes ``after`` belongs:
    "designed [by Elena and built] in 1884", "a medal [in Riga and a prize] in Vell"; "sang [and danced] in Riga" is one."""
    if (
        not _RELATIVES.isdisjoint(words[:-1])
        and is_deed(words[-1])
        and main_part(after) not in ("v", "")
        and after != ","
    ):
        # "A singer [who performs] Irish songs": the clause goes on.
        return after not in PREPOSITIONS
    if ";" in words and before:
        # "The one [gives 40; the other gives] 60": not of the same.
        return True
    joined = next((place for place, word in enumerate(words) if word in ("and", "but") or _is_series(words, place)), -1)
    if joined < 0 or words[-1] == "," or not _RELATIVES.isdisjoint(words[:joined]):
        return False
    behind = words[joined + 1 :]
    hangs = words[0] == after or bool(behind and behind[0] in _DETERMINERS and {words[0], after} <= PREPOSITIONS)
    if joined and behind and (hangs or value_of(behind[0]) is not None):
        return True
    # "A smooth [and striped] stone": what describes a noun is no deed.
    deeds = (
        behind[:-1] if after not in PREPOSITIONS and main_part(after) == "n" and not is_verb_form(words[-1]) else behind
    )
    return not (joined == 0 and _is_verb(before)) and any(map(_is_verb, deeds))


def _is_series(words: Sequence[str], place: int) -> bool:
    """Whether a comma stands before the next verb of several."""
    return words[place] == "," and place + 1 < len(words) and _is_verb(words[place + 1])


def _is_verb(word: str) -> bool:
    return word in _BE or is_deed(word) or (word.endswith("ed") and is_a(word, "v"))


def _is_exception(words: Sequence[str]) -> bool:
    """Whether "but" takes somebody out of all that are spoken of, and joins no clause."""
    at = words.index("but")
    return not _ALL.isdisjoint(words[:at]) if at else words[-1] == "one" or main_part(words[-1]) in ("n", "")


def _chunk_relation(one: _Chunk, other: _Chunk) -> tuple[Relation, str]:
    if one.quantity is not None and other.quantity is not None:
        return quantity_relation(one.quantity, other.quantity), "number"
    if one.quantity is not None or other.quantity is not None:
        # "Two years" are years.
        amount, bare = (one, other) if one.quantity is not None else (other, one)
        if len(amount.words) > 1 and bare.words == amount.words[-1:]:
            return (Relation.FORWARD if amount is one else Relation.REVERSE), "number"
    return _word_relation(one.text, other.text)


@lru_cache(maxsize=65536)
def _word_relation(one: str, other: str) -> tuple[Relation, str]:
    both_quantify = one in _QUANTITY and other in _QUANTITY
    if not both_quantify and ((one in NEGATIONS and other in _LIGHT) or (other in NEGATIONS and one in _LIGHT)):
        return Relation.NEGATION, "negation"
    if {one, other} == {"with", "without"}:
        return Relation.NEGATION, "negation"
    if one in _EVERYTHING and other in _EVERYTHING and _EVERYTHING[one] != _EVERYTHING[other]:
        return _quantities(_EVERYTHING[one], _EVERYTHING[other]), "quantifier"
    first, second = _SAME.get(one, one), _SAME.get(other, other)
    if first != second and first in _QUANTITY and second in _QUANTITY:
        return _quantities(first, second), "quantifier"
    if {one, other} <= _DETERMINERS:
        return Relation.EQUIVALENCE, "light"
    if first == second or (one in _LIGHT and other in _LIGHT) or {one, other} <= _INTENSIFIERS:
        return Relation.EQUIVALENCE, "light"
    if {first, second} == {"and", "or"}:
        return (Relation.FORWARD if first == "and" else Relation.REVERSE), "connective"
    if one in _LIGHT or other in _LIGHT:
        return Relation.INDEPENDENCE, "lexicon"
    if {one, other} <= TIMES and (within := part_relation(one, other)) is not Relation.INDEPENDENCE:
        return within, "time"
    if are_different_units(one, other):
        return Relation.INDEPENDENCE, "number"
    general = _GENERAL.get(one, one), _GENERAL.get(other, other)
    relation = lexical_relation(one, other) if general[0] == general[1] else lexical_relation(*general)
    if relation in (Relation.INDEPENDENCE, Relation.ALTERNATION):
        within = part_relation(one, other)
        if within is not Relation.INDEPENDENCE:
            return within, "place"
    return relation, "lexicon"


def _quantities(one: str, other: str) -> Relation:
    order = ("some", "a")
    if one in order and other in order:
        return Relation.EQUIVALENCE
    if "no" in (one, other):
        return Relation.NEGATION if set(order) & {one, other} else Relation.ALTERNATION
    if "few" in (one, other):
        return Relation.INDEPENDENCE
    rank = {"a": 0, "some": 0, "many": 1, "most": 2, "all": 3}
    return Relation.FORWARD if rank[one] > rank[other] else Relation.REVERSE
