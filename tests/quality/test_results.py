from __future__ import annotations

import time

import pytest
from tests.quality.perfect import changed, codes, first, perfect
from tests.rows import assistant, call, mail_row, result, user

from callwright.quality.results import check_results
from callwright.records import Injected, Row

ROW = perfect("sequential")
RESULT = first(ROW, "tool")


def with_result(text: str) -> Row:
    return changed(ROW, lambda fields: fields["messages"][RESULT].update(content=text))


@pytest.mark.parametrize(
    "text", ['{"a": 1', "{'a': 1}", "[1, 2,]", '{"a": NaN}', "[" * 100_000, '{"a":' * 2000 + "1" + "}" * 2000]
)
def test_what_looks_like_json_and_is_none_is_caught(text: str) -> None:
    (finding,) = check_results(with_result(text))
    assert (finding.code, finding.path) == ("results.not_json", f"$.messages[{RESULT}].content")


@pytest.mark.parametrize(
    "text", ['{"a": 1}', " [1]\n", "[" + "1" * 5000 + ".5e-4990]", "Sunny, 21 degrees", "", "404", "null", '"{"']
)
def test_json_and_plain_words_pass(text: str) -> None:
    assert check_results(with_result(text)) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"file": "<base64 data>"}', "<base64 data>"),
        ('{"file": "<encoded_content_here>"}', "<encoded_content_here>"),
        ('"Lorem ipsum dolor"', "Lorem ipsum"),
        ('{"key": "YOUR_API_KEY"}', "YOUR_API_KEY"),
    ],
)
def test_a_placeholder_is_caught(text: str, found: str) -> None:
    (finding,) = check_results(with_result(text))
    assert finding.code == "results.placeholder"
    assert found in finding.message


def test_ordinary_markup_is_no_placeholder() -> None:
    assert check_results(with_result('{"html": "<p>content</p> <div class=x> your key"}')) == []


@pytest.mark.parametrize("piece", ["<data", "data ", "<a"])
def test_a_result_made_to_be_slow_is_read_at_once(piece: str) -> None:
    start = time.monotonic()
    check_results(with_result("<" + piece * 20_000))
    assert time.monotonic() - start < 2


def reading(name: str, *texts: str, same: bool = True) -> Row:
    messages = [user("x")]
    for number, text in enumerate(texts):
        messages += [assistant("", call(f"c{number}", name, id=1 if same else number)), result(f"c{number}", text)]
    return mail_row().model_copy(update={"messages": (*messages, assistant("ok"))})


def test_the_same_look_up_with_another_result_is_a_warning() -> None:
    (finding,) = check_results(reading("order_get", '{"n": 1}', '{"n": 2}'))
    assert (finding.code, finding.severity, finding.path) == (
        "results.contradiction",
        "warning",
        "$.messages[4].content",
    )


def test_a_look_up_that_failed_and_is_made_again_contradicts_nothing() -> None:
    row = reading("order_get", '{"status": 500}', '{"n": 2}')
    metadata = row.metadata.model_copy(update={"faults": (Injected(call="c0", kind="server_error"),)})
    assert codes(check_results(row.model_copy(update={"metadata": metadata}))) == []


@pytest.mark.parametrize(
    "row",
    [
        reading("order_get", '{"n": 1}', '{"n": 1}'),
        reading("order_get", '{"n": 1}', '{"n": 2}', same=False),
        reading("order_create", '{"n": 1}', '{"n": 2}'),
        reading("budget_sum", '{"n": 1}', '{"n": 2}'),
    ],
)
def test_other_results_contradict_nothing(row: Row) -> None:
    assert codes(check_results(row)) == []
