"""A run and its shards read as one: each row once, the run's own first, in order."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from callwright.ledger import Ledger
from callwright.ledgers import SHARDS, Ledgers
from callwright.prints import repeated
from callwright.records import Finding, Refusal, Reply, Row
from callwright.tries import Tries
from tests.rows import mail_row

NUMBERS = st.sets(st.integers(0, 20), max_size=8)


def row(number: int, words: str = "") -> Row:
    made = mail_row(number)
    first = made.messages[0].model_copy(update={"content": words or f"Row {number}."})
    return made.model_copy(update={"messages": (first, *made.messages[1:])})


@settings(max_examples=25)
@given(NUMBERS, st.lists(st.integers(0, 20), max_size=12, unique=True), st.integers(0, 21))
def test_each_row_comes_once_in_order_and_the_runs_own_comes_first(
    own: set[int], sharded: list[int], below: int
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Ledger.open(folder) as ledger:
            for at, number in enumerate(sharded):
                with Ledger.open(folder / SHARDS / f"{at % 3:05}-of-00003") as shard:
                    shard.put_row("r", row(number, f"Shard {number}."))
            for number in own:
                ledger.put_row("r", row(number, f"Own {number}."))
            with Ledgers(ledger) as everything:
                said = [one.messages[0].content for one in everything.rows("r", below)]
                wanted = sorted(number for number in {*own, *sharded} if number < below)
                assert said == [f"{'Own' if number in own else 'Shard'} {number}." for number in wanted]
                assert everything.count_rows("r", below) == len(wanted)
                assert list(everything.done("r", below)) == wanted
                assert sorted(number for _, number in everything.prints("r", below)) == wanted


@given(st.lists(st.integers(0, 5), max_size=30))
def test_of_rows_that_say_the_same_the_first_stays(said: list[int]) -> None:
    found = repeated(sorted((words, number) for number, words in enumerate(said)))
    for number, words in enumerate(said):
        first = said.index(words)
        assert found.get(number, number) == first


def test_what_shards_refused_missed_and_spent_is_told_together(tmp_path: Path) -> None:
    with Ledger.open(tmp_path) as ledger:
        for number in (1, 0):
            with Ledger.open(tmp_path / SHARDS / f"{number:05}-of-00002") as shard:
                finding = Finding(code="x", path="$", message="wrong")
                refusal = Refusal(row=number, step="user", attempt=0, findings=(finding,))
                shard.put_making("r", number, [refusal], {"user": Tries(number)})
                shard.put_missing("r", [(number, "gone")])
                shard.put_judged_low("r", 0, row(number))
                shard.put_reply("ab" * 32, Reply(text="x", prompt_tokens=2, completion_tokens=3, cost=0.5))
        ledger.put_reply("ab" * 32, Reply(text="x"), paid=False)
        with Ledgers(ledger) as everything:
            assert [(row, steps["user"].requests) for row, steps in everything.steps("r")] == [(0, 0), (1, 1)]
            assert [refusal.row for refusal in everything.refusals("r")] == [0, 1]
            assert list(everything.missing("r")) == [(0, "gone"), (1, "gone")]
            assert [low.metadata.row for _, low in everything.judged_low("r")] == [0, 1]
            assert everything.spent() == (2, 4, 6, 1.0)


def test_words_decide_what_is_the_same_not_ids_or_blanks() -> None:
    with tempfile.TemporaryDirectory() as name, Ledger.open(Path(name)) as ledger:
        ledger.put_row("r", row(0, "Find the plan."))
        ledger.put_row("r", row(1, "find  the PLAN. "))
        ledger.put_row("r", row(2, "Find the plans."))
        assert repeated(ledger.prints("r", 9)) == {1: 0}
