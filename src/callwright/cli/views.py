"""What a run is doing, on the screen: a live view, plain lines where there is no terminal, JSON lines, or nothing.

All write to stderr; the summary at the end goes to stdout.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

import orjson
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from callwright.cli.progress import Progress, clock, dollars, reasons
from callwright.cli.summary import print_summary, summed_up
from callwright.plugins import Event

LINE_EVERY_S = 5.0
"""Between two plain lines."""
SAID = ("note", "change", "missing")
"""Events whose text is said as it comes."""

Say = Callable[[str], None]


class View:
    """Watches a run from `with` to its end. This one counts and says nothing."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress

    def __call__(self, event: Event) -> None:
        self.progress(event)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        pass

    def ended(self, files: Sequence[Path], run_dir: Path) -> None:
        """Say what the run came to, and where things are; the dataset is the first of `files`."""


class PlainView(View):
    """A line every few seconds at most, and each note as it comes."""

    def __init__(self, progress: Progress, say: Say) -> None:
        super().__init__(progress)
        self._say = say
        self._said_at = 0.0
        self._last = ""

    def __call__(self, event: Event) -> None:
        super().__call__(event)
        if event.kind in SAID:
            self._say(event.text)
        if self.progress.elapsed_s - self._said_at >= LINE_EVERY_S:
            self._line()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._line()

    def ended(self, files: Sequence[Path], run_dir: Path) -> None:
        print_summary(self.progress, files, run_dir)

    def _line(self) -> None:
        self._said_at = self.progress.elapsed_s
        line = self.progress.line()
        if line != self._last:
            self._say(line)
        self._last = line


class JsonView(View):
    """Every event as one JSON line, replies summed up: {"event": "row", "row": 3, "done": 4, "total": 10, ...}."""

    def __init__(self, progress: Progress, say: Say) -> None:
        super().__init__(progress)
        self._say = say

    def __call__(self, event: Event) -> None:
        super().__call__(event)
        if event.kind not in {"sent", "returned", "reply"}:
            text = {"text": event.text} if event.text else {}
            self._line({"event": event.kind, **text, **event.data, **self.progress.figures()})

    def ended(self, files: Sequence[Path], run_dir: Path) -> None:
        self._line({"event": "summary", **summed_up(self.progress, files, run_dir)})

    def _line(self, said: dict[str, Any]) -> None:
        self._say(orjson.dumps(said, default=str).decode())


class LiveView(View):
    """Bars and figures that move, for a terminal."""

    def __init__(self, progress: Progress, console: Console) -> None:
        super().__init__(progress)
        self._live = Live(get_renderable=self.drawn, console=console, refresh_per_second=5, transient=True)

    def __call__(self, event: Event) -> None:
        super().__call__(event)
        if event.kind in ("change", "missing"):
            self._live.console.print(event.text, markup=False, highlight=False)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._live.stop()

    def ended(self, files: Sequence[Path], run_dir: Path) -> None:
        print_summary(self.progress, files, run_dir)

    def drawn(self) -> RenderableType:
        now = self.progress
        bars = Table.grid(padding=(0, 1))
        if now.topics_total:
            bars.add_row("topics", _bar(now.topics, now.topics_total), f"{now.topics}/{now.topics_total}")
        if now.rows_total:
            left = f"  {clock(now.left_s)} left" if now.left_s else ""
            bars.add_row("rows", _bar(now.rows, now.rows_total), f"{now.rows}/{now.rows_total}{left}")
        kept = f" (+{now.kept:,} kept)" if now.kept else ""
        figures = f"{clock(now.elapsed_s)}  requests {now.fresh:,}{kept}, {now.in_flight} in flight"
        cost = f"  {dollars(now.cost)}" if now.cost else ""
        lines = [Text(f"{figures}  {now.tokens_per_s:,.0f} tokens/s{cost}", style="dim")]
        if now.refused:
            lines.append(Text(f"refused {now.refused.total():,}: {reasons(now.refused)}", style="yellow"))
        if now.retries:
            lines.append(Text(f"retries {now.retries:,}", style="yellow"))
        lines += [Text(note, style="dim", no_wrap=True, overflow="ellipsis") for note in list(now.notes)]
        return Group(bars, *lines)


def _bar(done: int, total: int) -> ProgressBar:
    return ProgressBar(total=total, completed=done, width=40)


def chosen_view(*, quiet: bool, log_format: str | None) -> View:
    """The view that was asked for; else a live one on a terminal and plain lines elsewhere."""
    progress = Progress()
    if quiet:
        return View(progress)
    if log_format == "json":
        return JsonView(progress, _to_stderr)
    console = Console(stderr=True)
    if log_format is None and console.is_terminal and not console.is_dumb_terminal:
        return LiveView(progress, console)
    return PlainView(progress, _to_stderr)


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
