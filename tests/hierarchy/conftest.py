"""Small worlds of texts: every subject has words and names of its own, so that it is known what belongs together."""

from __future__ import annotations

import numpy as np
import pytest

SUBJECTS = {
    "ships": ("schooner mast sail hull keel harbour cargo captain anchor rope", ["Grey Gull", "Ivo Stern"]),
    "music": ("choir organ cello quartet concert song melody chorus rehearsal brass", ["Teodor Halloran", "Vell Hall"]),
    "plants": ("poppy seed petal meadow botanist root blossom garden moss fern", ["Mira Ostlund", "Orrin Garden"]),
    "mines": ("copper shaft ore tunnel miner smelter slag pickaxe seam lantern", ["Brant Pit", "Olga Reef"]),
}


def sentence(subject: str, draw: np.random.Generator, year: int = 0) -> str:
    """A sentence about a subject, with one of its names, and a year where one is given."""
    words, names = SUBJECTS[subject]
    chosen = draw.choice(words.split(), size=6, replace=False)
    told = f" in {year}" if year else ""
    return f"{draw.choice(names)} knew the {' and the '.join(chosen)} well{told}."


def text(subject: str, number: int) -> str:
    """A short text about a subject."""
    draw = np.random.default_rng([number, *subject.encode()])
    return " ".join(sentence(subject, draw, 1800 + number if place == 0 else 0) for place in range(3))


@pytest.fixture(params=["words", "none"])
def embedder(request, word_embedder):  # type: ignore[no-untyped-def]
    """With vectors, and without any."""
    return word_embedder if request.param == "words" else None
