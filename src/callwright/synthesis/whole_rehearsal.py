"""The writer `turns`, played through with words that are there already: what it needs, and what is wrong with them.

The whole writer asks for all words at once. Which words there are, what each has to carry and how it is checked is the
turn-by-turn writer's knowledge; so it is played, once without any words to learn which it wants, then with those of a
reply. Nothing here asks a model but `Mended`, and that only for what does not pass, beginning with what is wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from callwright.errors import Rejected
from callwright.pipeline import Cast, Step, attempt
from callwright.plugins import Conversation, Model
from callwright.records import Blueprint, Finding, Reply, Request
from callwright.synthesis.turns import Turns

T = TypeVar("T")


class Place(NamedTuple):
    """Where words stand."""

    name: str
    """As the turn-by-turn writer calls it: `turn 0 user`."""
    part: int
    """Of several steps at one place, which."""

    @property
    def turn(self) -> int:
        return int(self.name.split()[1])

    @property
    def what(self) -> str:
        """`user`, `thoughts`, `trace`, `answer` or `reply`."""
        return self.name.split()[-1]


Words = Mapping[Place, Sequence[str]]
"""Replies for each place, the best first; a step reads them as if a model had given them to it."""


@dataclass
class Played:
    """What came of playing a blueprint through."""

    steps: dict[Place, Step[Any]] = field(default_factory=dict)
    findings: dict[Place, tuple[Finding, ...]] = field(default_factory=dict)
    """Of the first words at each place that did not pass."""


class Rehearsal(Turns):
    """Takes the words that pass; where there are none, what code would write, and the findings are kept."""

    def __init__(self, words: Words | None = None, **settings: Any) -> None:
        super().__init__(**settings)
        self._words = words or {}
        self._count: Counter[str] = Counter()
        self.played = Played()

    async def _written(self, talk: Any, step: Step[T], place: str) -> T:
        here = Place(place, self._count[place])
        self._count[place] += 1
        self.played.steps[here] = step
        refused = self._words.get(here, ())
        for text in refused:
            try:
                return step.read(Reply(text=text))
            except Rejected as rejected:
                self.played.findings.setdefault(here, rejected.findings)
        return await self._without(talk, step, place, refused)

    async def _without(self, _talk: Any, step: Step[T], _place: str, _refused: Sequence[str]) -> T:
        """What stands where no words pass."""
        return step.fallback()


class Mended(Rehearsal):
    """Takes the words that pass, and asks the model for the others, one after another."""

    async def _without(self, talk: Any, step: Step[T], place: str, refused: Sequence[str]) -> T:
        model = self._model.of(step.name) if isinstance(self._model, Cast) else self._model
        begun = Begun(model, refused[0]) if refused else model
        value, by_model = await attempt(step, begun, self._tries + len(refused[:1]), talk.refused)
        if not by_model:
            talk.written_by_code.append(place)
        return value


class Begun:
    """A model whose first reply is there already."""

    def __init__(self, model: Model, text: str) -> None:
        self._model = model
        self._text: str | None = text
        self.id = model.id

    async def complete(self, request: Request) -> Reply:
        if self._text is None:
            return await self._model.complete(request)
        text, self._text = self._text, None
        return Reply(text=text)

    async def close(self) -> None:
        await self._model.close()


async def rehearse(blueprint: Blueprint, words: Words | None = None, **settings: Any) -> tuple[Conversation, Played]:
    """The conversation with these words, and what was wrong with them."""
    rehearsal = Rehearsal(words, **settings)
    return await rehearsal.write(blueprint, _unheard), rehearsal.played


def _unheard(step: str, attempt: int, findings: tuple[Finding, ...]) -> None:
    """Told of a refusal that is no model's."""
