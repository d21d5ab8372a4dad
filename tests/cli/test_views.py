from __future__ import annotations

import io
import json
from pathlib import Path

from rich.console import Console

from callwright.cli.progress import Progress
from callwright.cli.summary import figures, summed_up
from callwright.cli.views import JsonView, LiveView, PlainView, View, chosen_view
from callwright.plugins import Event

ROW = Event("row", data={"row": 1, "done": 1, "total": 4})


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_plain_lines_come_every_few_seconds_at_most() -> None:
    time, said = Clock(), list[str]()
    with PlainView(Progress(time), said.append) as view:
        for _ in range(100):
            time.now += 0.2
            view(ROW)
    assert len(said) == 4
    assert all("rows 1/4" in line for line in said)


def test_a_note_is_said_at_once_and_an_error_gets_no_last_line() -> None:
    said: list[str] = []
    view = PlainView(Progress(), said.append)
    view(Event("note", "The topics are there."))
    view.__exit__(KeyError)
    assert said == ["The topics are there."]


def test_every_json_line_is_an_event_and_replies_are_summed_up() -> None:
    said: list[str] = []
    view = JsonView(Progress(), said.append)
    for event in (Event("sent"), Event("reply", data={"tokens": 5}), Event("returned"), Event("note", "x"), ROW):
        view(event)
    view.ended([Path("d.jsonl"), Path("e.jsonl")], Path("d.run"))
    lines = [json.loads(line) for line in said]
    assert [line["event"] for line in lines] == ["note", "row", "summary"]
    assert (lines[0]["text"], lines[1]["done"], lines[1]["tokens"]) == ("x", 1, 5)
    assert (lines[2]["rows"], lines[2]["requests"], lines[2]["dataset"]) == (1, 1, "d.jsonl")


def test_the_live_view_draws_topics_rows_and_refusals() -> None:
    screen = io.StringIO()
    view = LiveView(Progress(), Console(file=screen, width=100, force_terminal=True))
    with view:
        view(Event("topic", data={"done": 2, "total": 3}))
        view(ROW)
        view(Event("refused", data={"code": "user.missing"}))
        view(Event("retry", "busy [bold]"))
        view(Event("sent"))
    Console(file=screen, width=100).print(view.drawn())
    drawn = screen.getvalue()
    for said in ("2/3", "1/4", "user.missing 1", "retries 1", "busy [bold]", "1 in flight"):
        assert said in drawn


def test_the_view_that_was_asked_for_is_chosen() -> None:
    assert type(chosen_view(quiet=True, log_format="json")) is View
    assert type(chosen_view(quiet=False, log_format="json")) is JsonView
    assert type(chosen_view(quiet=False, log_format="plain")) is PlainView
    assert type(chosen_view(quiet=False, log_format=None)) is PlainView, "there is no terminal in a test"


def test_the_summary_says_where_things_are() -> None:
    progress = Progress()
    for event in (ROW, Event("refused", data={"code": "a.b"}), Event("reply", data={"tokens": 3, "fresh": False})):
        progress(event)
    told = figures(progress, [Path("d.jsonl"), Path("e.jsonl")], Path("d.run"))
    assert (told["rows"], told["dataset"], told["run"]) == ("1 of 4", "d.jsonl", "d.run")
    assert told["also"] == "e.jsonl"
    assert told["refused"] == "1, asked again (a.b 1)"
    assert told["requests"].endswith("1 read from the run")
    assert summed_up(progress, [Path("d.jsonl"), Path("e.jsonl")], Path("d.run"))["refused"] == {"a.b": 1}
