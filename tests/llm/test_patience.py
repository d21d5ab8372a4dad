from __future__ import annotations

from callwright.llm.patience import ENOUGH, KEPT, LEAST_S, SLACK, Patience
from callwright.records import Message, Request

ASKED = Request(messages=(Message(role="user", content="?"),), max_tokens=200)


def taught(*replies: tuple[float, int], most_s: float = 300) -> Patience:
    patience = Patience(most_s)
    for took_s, tokens in replies:
        patience.learn(took_s, tokens)
    return patience


def test_before_enough_replies_came_the_settings_decide() -> None:
    patience = taught(*[(0.1, 10)] * (ENOUGH - 1))
    assert patience.limit_s(ASKED, 0) == 300
    assert patience.usual_s is None


def test_a_fast_server_that_hangs_is_noticed_in_seconds() -> None:
    patience = taught(*[(0.2 + 0.002 * tokens, tokens) for tokens in range(10, 50)])
    assert patience.limit_s(ASKED, 0) == LEAST_S


def test_a_slow_server_is_waited_for_as_long_as_the_longest_reply_may_take() -> None:
    patience = taught(*[(2 + 0.2 * tokens, tokens) for tokens in range(10, 50)])
    assert patience.limit_s(ASKED, 0) > SLACK * (2 + 0.2 * 200) * 0.999


def test_one_slow_reply_makes_it_more_patient_until_it_is_forgotten() -> None:
    fast = [(5.0, 50)] * ENOUGH
    calm, startled = taught(*fast * 2), taught(*fast, *[(5.0, 50)] * (ENOUGH - 1), (20.0, 50))
    assert startled.limit_s(ASKED, 0) > 2 * calm.limit_s(ASKED, 0)
    for _ in range(KEPT):
        startled.learn(5.0, 50)
    assert startled.limit_s(ASKED, 0) == calm.limit_s(ASKED, 0)


def test_each_attempt_is_given_twice_the_time_and_none_more_than_the_settings_allow() -> None:
    patience = taught(*[(1.0, 20)] * ENOUGH, most_s=60)
    limits = [patience.limit_s(ASKED, attempt) for attempt in range(6)]
    assert limits == [5, 10, 20, 40, 60, 60]


def test_a_request_without_a_bound_has_the_settings_time() -> None:
    patience = taught(*[(0.1, 10)] * ENOUGH)
    assert patience.limit_s(ASKED.model_copy(update={"max_tokens": None}), 0) == 300


def test_what_is_usual_is_what_95_of_100_take() -> None:
    patience = taught(*[(float(second), 10) for second in range(1, 101)])
    assert patience.usual_s == 96.0
