"""Threads in turn: never two at once in the same half, and whoever waits holds nobody up."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from graphmem.turns import Turns


def test_one_at_a_time_before_the_wait_and_one_behind_it() -> None:
    turns = Turns()
    inside = {"before": 0, "behind": 0}
    most = {"before": 0, "behind": 0}

    def be(part: str) -> None:
        inside[part] += 1
        most[part] = max(most[part], inside[part])
        threading.Event().wait(0.001)
        inside[part] -= 1

    def work(_: int) -> None:
        with turns.taken():
            be("before")
            with turns.waiting():
                pass
            be("behind")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(40)))
    assert most == {"before": 1, "behind": 1}
    assert not turns.is_crowded


def test_while_one_waits_another_begins_and_goes_on() -> None:
    turns = Turns()
    go, done = threading.Event(), threading.Event()

    def slow() -> None:
        with turns.taken(), turns.waiting():
            assert go.wait(30)

    def quick() -> bool:
        with turns.taken():
            with turns.waiting():
                crowded = turns.is_crowded
            done.set()
            return crowded

    with ThreadPoolExecutor(2) as pool:
        waits = pool.submit(slow)
        while not turns._there:
            pass
        passes = pool.submit(quick)
        assert done.wait(30)
        assert passes.result()
        assert not waits.done()
        go.set()
        waits.result()


@pytest.mark.parametrize("where", ["before", "waiting", "behind"])
def test_an_error_gives_the_turn_back(where: str) -> None:
    turns = Turns()

    def fail(part: str) -> None:
        if part == where:
            raise ValueError(part)

    def work() -> None:
        with turns.taken():
            fail("before")
            with turns.waiting():
                fail("waiting")
            fail("behind")

    for _ in range(2):
        with pytest.raises(ValueError, match=where):
            work()
    assert not turns.is_crowded
