"""Growing one level: every topic of the last level gets its subtopics, all at once.

Each branch is decided by its own replies alone; what concerns two branches (a topic that both hold) is decided when
the level stands, in its order. So the outcome does not depend on which reply comes first.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from callwright.errors import ConfigError, Rejected
from callwright.pipeline import bounded
from callwright.plugins import Event, Model, Watcher, unwatched
from callwright.records import Finding
from callwright.topics.model import Node, Topics
from callwright.topics.picking import picks
from callwright.topics.settings import TopicSettings
from callwright.topics.subtopics import SHOWN, Branch, filled
from callwright.topics.text import one_line

IN_FLIGHT = 1024
"""Branches that wait for the model at once; the model's own limits say how many requests it gets."""
_ROUNDS = 2


@dataclass(frozen=True)
class Growth:
    """What growing needs."""

    settings: TopicSettings
    model: Model
    seed: int
    watch: Watcher = unwatched

    def root(self) -> Topics:
        """The root alone. Raises `ConfigError` where there is no prompt."""
        if not (text := one_line(self.settings.prompt)):
            raise ConfigError("topics.prompt: is empty; say what the dataset is about, or give `topics.load`.")
        return Topics.of([text], [()])

    async def level(self, topics: Topics) -> Topics:
        """The topics with one more level. Raises `Rejected` naming the topics that got no subtopic, `ModelError`."""
        nodes = topics.levels[-1]
        total = sum(self.settings.degree**level for level in range(self.settings.depth))
        done = len(topics.nodes) - len(nodes)
        branches = [self._branch(topics, node) for node in nodes]
        branches = await self._filled(branches, self.settings.max_retries + 1, self._progress(done, total))
        if barren := [_failure(branch, "error") for branch in branches if not branch.kept]:
            raise _explained(barren)
        branches = await self._unlike_others(topics, branches)
        short = [_failure(branch, "warning") for branch in branches if branch.missing]
        for finding in short:
            self.watch(Event("note", str(finding), {"step": "topics", "code": finding.code}))
        return topics.grown({node.id: branch.kept for node, branch in zip(nodes, branches, strict=True)}, short)

    def _branch(self, topics: Topics, node: Node) -> Branch:
        settings = self.settings
        anchored = settings.prompt_style == "anchored" and node.level > 1
        siblings = topics.grew_from(topics.nodes[node.parents[0]]) if node.parents else ()
        shown = () if settings.prompt_style == "isolated" else siblings
        return Branch(
            path=topics.path(node),
            wanted=settings.degree,
            main=node.level == 0 and settings.depth > 1,
            threshold=settings.similarity,
            elsewhere=tuple(sibling.text for sibling in shown if sibling.id != node.id),
            frame=tuple(area.text for area in topics.levels[1][:SHOWN]) if anchored else (),
            instructions=settings.system_prompt.strip(),
        )

    def _progress(self, done: int, total: int) -> Callable[[Branch], None]:
        counter = itertools.count(done + 1)

        def finished(branch: Branch) -> None:
            counts = {"level": len(branch.path), "done": next(counter), "total": total}
            self.watch(Event("topic", branch.name, {**counts, "subtopics": branch.kept}))

        return finished

    async def _filled(self, branches: Sequence[Branch], tries: int, finished: Callable[[Branch], None]) -> list[Branch]:
        """Every branch filled, in the order given; `finished` is told of each as it comes."""

        async def one(index: int) -> Branch:
            return await filled(branches[index], self.model, self.seed, tries, self.watch)

        results: dict[int, Branch] = {}
        async for index, branch in bounded(range(len(branches)), one, IN_FLIGHT):
            results[index] = branch
            finished(branch)
        return [results[index] for index in range(len(branches))]

    async def _unlike_others(self, topics: Topics, branches: list[Branch]) -> list[Branch]:
        """The branches cut to their degree, without topics of the same words as one elsewhere.

        Spare candidates step in first; then the model is asked again. Where that does not help either the topic stays:
        its path is its own all the same.
        """
        picked = list(picks(topics, branches))
        for _ in range(_ROUNDS):
            again = [at for at, pick in enumerate(picked) if pick.doubles]
            if not again:
                break
            reopened = [_reopened(branches[at], picked[at].doubles) for at in again]
            asked = await self._filled(reopened, 1, lambda _: None)
            for at, fresh in zip(again, asked, strict=True):
                branches[at] = replace(fresh, kept=(*fresh.kept, *picked[at].doubles))
            picked = list(picks(topics, branches))
        return [replace(branch, kept=pick.chosen) for branch, pick in zip(branches, picked, strict=True)]


def _reopened(branch: Branch, doubles: tuple[str, ...]) -> Branch:
    """The branch without its doubles, so that others are asked for."""
    findings = tuple(
        Finding(code="topics.like_other", path=branch.name, message=f'"{text}" stands elsewhere already')
        for text in doubles
    )
    kept = tuple(text for text in branch.kept if text not in doubles)
    return replace(branch, kept=kept, taken=(*branch.taken, *doubles), findings=findings)


def _explained(barren: Sequence[Finding]) -> Rejected:
    error = Rejected(barren[:5])
    error.hint = "Raise `topics.max_retries`, lower `topics.depth` or `topics.degree`, or use another model."
    return error


def _failure(branch: Branch, severity: Literal["error", "warning"]) -> Finding:
    got = f"got {len(branch.kept)} of {branch.wanted} subtopics in {branch.asked} attempts"
    last = "; ".join(f"{finding.path} {finding.message}" for finding in branch.findings[:3])
    return Finding(code="topics.too_few", path=branch.name, message=f"{got}; last: {last}", severity=severity)
