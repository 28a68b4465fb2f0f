"""Whether what a verb says is told as a fact: the words that deny it, hedge it, or leave it a plan, a duty or a hope."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import regex

from graphmem.natlog.tokens import words_of

__all__ = [
    "MODALS",
    "NEGATIONS",
    "PAST",
    "UNCERTAIN",
    "UNDONE",
    "UNREAL",
    "UNSURE",
    "is_aside",
    "is_certain",
    "is_over",
]

NEGATIONS = frozenset("not no never nothing none neither nor nowhere without hardly scarcely rarely seldom".split())
"""Words that deny a sentence, or what they stand before."""
MODALS = frozenset("may might can could".split())
"""What they say of an event is less than that it happened."""
UNSURE = frozenset(
    "should must ought possibly perhaps maybe probably likely allegedly reportedly supposedly apparently presumably "
    "nearly almost alleged supposed fake mock toy imitation counterfeit "
    "vice deputy acting would-be unlikely rumoured former future potential possible".split()
)
UNREAL = frozenset(
    "plan planned plans planning intend intended intends want wanted wants wish wished wishes hope hoped hopes try tried "
    "tries trying attempt attempted attempts seek sought seeks expect expected expects promise promised promises agree "
    "agreed agrees decide decided decides offer offered offers consider considered considers believe believed believes "
    "think thought thinks suspect suspected suspects claim claimed claims say said says allege alleged alleges report "
    "reported reports suppose supposed suggest suggested suggests propose proposed proposes ask asked asks order ordered "
    "orders invite invited invites prepare prepared prepares hesitate hesitated threaten threatened dream dreamt dreamed "
    "like liked love loved used likely set due ready willing eager afraid allowed able encouraged urged".split()
)
"""Before "to" or "that": what follows may not have happened (Nairn, Condoravdi and Karttunen 2006, no implication)."""
UNDONE = frozenset(
    "refuse refused refuses decline declined declines fail failed fails neglect neglected forget forgot forgets forgotten "
    "deny denied denies unable reluctant false untrue".split()
)
"""Before "to" or "that": what follows did not happen (the same, negative implication)."""
UNCERTAIN = MODALS | UNSURE | UNREAL | UNDONE | frozenset("if unless would according whether".split())
"""Words before a verb after which what it says is not told as a fact."""
_BE = frozenset("is was are were".split())
PAST = frozenset("did was were had".split())
_FORMERLY = frozenset("before until till formerly previously once originally initially earlier".split())
_FIRST = frozenset("first originally initially formerly".split())
_BEFORE = 6
"""Words before a verb among which one says that it is of former times."""
_RELATIVE = regex.compile(r"\b(?:was|were|is|are|had|has|\p{Ll}+ed)\b.*\p{Ll}\s+(?:that|which|who)\s[^,;]*$")


def is_certain(before: str, allowed: Collection[str] = ()) -> bool:
    """Whether words before a verb leave open nothing of what it says, but what the ``allowed`` ones do as well: "was possibly",
    "planned to" and "was to be" do."""
    words = words_of(before)
    planned = any(words[at] == "to" and words[at - 1] in _BE for at in range(1, len(words)))
    return not (planned and "to" not in allowed) and UNCERTAIN.isdisjoint(set(words) - set(allowed))


def is_aside(before: str) -> bool:
    """Whether the words before a verb leave it in a relative clause of something else than the subject: "was built on the ruins
    of a tower that had been"."""
    return _RELATIVE.search(before) is not None


def is_over(before: Sequence[str], behind: Sequence[str] = ()) -> bool:
    """Whether the folded words before a verb, and those from it on, say that something was so and is so no more: "before that it
    was owned", "until 1950 it belonged", "was owned first by", "in 1998, when he was mayor"."""
    near = before[-_BEFORE:]
    then = not PAST.isdisjoint(behind[:1]) and "when" in near
    return then or not _FORMERLY.isdisjoint(near) or not _FIRST.isdisjoint(behind[1:2])
