"""Single sentences: what follows, what is contradicted, and above all what is neither."""

from __future__ import annotations

import pytest

from graphmem.natlog import LABELS, entail

PAIRS = {
    "entailment": [
        ("The ship sank in 1841.", "The ship sank in the 19th century."),
        ("More than 12 ships sank.", "More than 10 ships sank."),
        ("At most 10 ships sank.", "At most 12 ships sank."),
        ("Exactly 10 ships sank.", "At least 8 ships sank."),
        ("He refused to sing.", "He refused to sing loudly."),
        ("He failed to buy a dog.", "He failed to buy a poodle."),
        ("The box weighs 2 kg.", "The box weighs 2000 g."),
        ("Not every dog barked.", "Some dog did not bark."),
        ("Few dogs barked.", "Few dogs barked loudly."),
        ("The bridge is 1.5 km long.", "The bridge is 1500 metres long."),
        ("Elena left.", "Elena may have left."),
        ("Elena is tall.", "Elena is not short."),
        ("The war ended in 1848.", "The war ended before 1850."),
        ("The ship carried exactly 10 people.", "The ship carried at most 12 people."),
        ("Elena managed to leave.", "Elena left."),
        ("Elena was forced to leave.", "Elena left."),
        ("Two boats sank.", "Some boats sank."),
        ("Twelve boats sank.", "More than ten boats sank."),
        ("More than ten boats sank.", "Some boats sank."),
        ("The ship weighs 3 tonnes.", "The ship weighs more than 2000 kg."),
        ("Elena married Ivo in May 1841.", "Elena married Ivo in 1841."),
        ("Elena and Ivo left.", "Elena left."),
        ("The dog chased by the cat ran.", "The dog ran."),
        ("Tom, who was tired, slept.", "Tom slept."),
        ("Elena's big red boat sank.", "The boat sank."),
        ("A man's dog barked.", "A dog barked."),
        ("Some of the dogs barked.", "Some dogs barked."),
        ("Elena drank a cup of coffee.", "Elena drank coffee."),
        ("Most of the children sang.", "Most children sang."),
        ("One of the boats sank.", "A boat sank."),
        ("The house was built by Vane in 1860.", "The house was built in 1860."),
        ("The house was built by Vane.", "The house was built."),
        ("He walked with Ivo to Riga.", "He walked to Riga."),
    ],
    "contradiction": [
        ("The ship sank in 1841.", "The ship sank in 1842."),
        ("Paris is in France.", "Paris is in Germany."),
        ("The boat is red.", "The boat is blue."),
        ("Elena was born in Riga.", "Elena was born in Oslo."),
        ("Elena was born in 1841.", "Elena was born in 1842."),
        ("The bridge is 87 km long.", "The bridge is 90 km long."),
        ("The hall has 740 seats.", "The hall has 800 seats."),
        ("Elena refused to leave.", "Elena left."),
        ("Nobody left.", "Everybody left."),
        ("No dog barked.", "Some dog barked."),
        ("All dogs bark.", "No dogs bark."),
        ("The door is open.", "The door is closed."),
        ("The door is not open.", "The door is open."),
        ("The war ended before 1850.", "The war ended in 1851."),
        ("Fewer than 5 people survived.", "At least 5 people survived."),
        ("Elena did not leave.", "Elena left."),
        ("Elena failed to leave.", "Elena left."),
        ("Elena forgot to lock the door.", "Elena locked the door."),
        ("Several boats sank.", "No boats sank."),
        ("Two boats sank.", "Three boats sank."),
        ("It is false that Elena left.", "Elena left."),
        ("Elena left without Ivo.", "Elena left with Ivo."),
    ],
    "neutral": [
        ("A dog is running.", "A cat is running."),
        ("A man is eating pizza.", "A man is eating pasta."),
        ("More than ten ships sank.", "More than twelve ships sank."),
        ("Elena met Ivo.", "Ivo met Elena."),
        ("Elena killed Ivo.", "Ivo killed Elena."),
        ("Tom visited Paris.", "Tom visited London."),
        ("Tom is a teacher.", "Tom is a singer."),
        ("A woman is tall.", "A woman is short."),
        ("Some dogs are not brown.", "Some dogs are brown."),
        ("Only dogs barked.", "Only animals barked."),
        ("Elena visited Riga in 1841.", "Elena visited Riga in 1842."),
        ("Elena planned to leave.", "Elena left."),
        ("Elena may leave.", "Elena leaves."),
        ("Elena allegedly stole the boat.", "Elena stole the boat."),
        ("Ivo said that Elena stole the boat.", "Elena stole the boat."),
        ("A dog is barking.", "A dog is not barking."),
        ("Elena is not tall.", "Elena is short."),
        ("Every sailor drowned.", "Some sailors survived."),
        ("Elena wanted to leave.", "Elena left."),
        ("Elena married Ivo in 1841.", "Elena married Ivo in May 1841."),
        ("Elena nearly drowned.", "Elena drowned."),
        ("Former mayor Elena spoke.", "Mayor Elena spoke."),
        ("If Elena left, Ivo stayed.", "Ivo stayed."),
        ("Either Elena or Ivo left.", "Elena left."),
        ("Elena left or Ivo left.", "Elena left."),
        ("Only Elena left.", "Ivo left."),
        ("Elena was killed by Ivo.", "Elena killed Ivo."),
        ("Elena was killed.", "Elena killed."),
        ("Elena's sister left.", "Elena left."),
        ("The sister of Elena left.", "Elena left."),
        ("Ivo, a friend of Elena, left.", "Elena left."),
        ("She moved from Riga to Oslo.", "She moved to Riga."),
        ("The man with the dog left.", "The dog left."),
        ("Elena gave Ivo a book.", "Ivo gave Elena a book."),
        ("The book was given to Ivo.", "The book was given by Ivo."),
    ],
}


@pytest.mark.parametrize(
    ("premise", "hypothesis", "label"),
    [(premise, hypothesis, label) for label, pairs in PAIRS.items() for premise, hypothesis in pairs],
)
def test_a_sentence_entails_contradicts_or_leaves_open_another(premise: str, hypothesis: str, label: str) -> None:
    assert LABELS[entail([premise], hypothesis).verdict] == label


@pytest.mark.parametrize("noun", ["sailor", "boat", "red boat", "keeper of the light"])
@pytest.mark.parametrize("predicate", ["arrived", "was late", "waited in Riga"])
def test_a_negation_turns_a_proof_into_a_refutation(noun: str, predicate: str) -> None:
    """Of a definite subject: what entails a statement contradicts its negation, and the other way round."""
    said, verb, *rest = f"The {noun} {predicate}", *predicate.split()
    denied = f"The {noun} {' '.join([verb, 'not', *rest] if verb == 'was' else ['did not', *predicate.split()])}"
    assert entail([said], said).verdict == "supported"
    assert entail([denied], said).verdict == "refuted"
    assert entail([said], denied).verdict == "refuted"
