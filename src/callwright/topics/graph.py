"""A topic graph: a tree whose topics may also stand under topics of the level above other than their own.

Links go from one level to the next, so the graph has no cycle, no leaf gets children, and every leaf keeps the path
on which it grew.
"""

from __future__ import annotations

from callwright.pipeline import attempt, bounded
from callwright.plugins import Event, Model, Watcher, unwatched
from callwright.records import Finding
from callwright.topics.levels import IN_FLIGHT, Growth
from callwright.topics.links import Link
from callwright.topics.model import Topics
from callwright.topics.settings import TopicSettings


async def grow(settings: TopicSettings, model: Model, seed: int, watch: Watcher = unwatched) -> Topics:
    """The graph of `settings`. Raises `ConfigError`, `ModelError`, and `Rejected` where a topic gets no subtopic."""
    growth = Growth(settings, model, seed, watch)
    topics = growth.root()
    for _ in range(settings.depth):
        topics = await growth.level(topics)
        if settings.linked and topics.depth > 1:
            topics = topics.linked(await _links(topics, growth))
    return topics


async def _links(topics: Topics, growth: Growth) -> dict[int, tuple[int, ...]]:
    """For the nodes of the last level: the further nodes of the level above that the model puts them under."""

    def refused(step: str, number: int, findings: tuple[Finding, ...]) -> None:
        for finding in findings:
            data = {"step": "topics", "topic": step, "attempt": number, "code": finding.code}
            growth.watch(Event("refused", str(finding), data))

    async def one(link: Link) -> tuple[int, ...]:
        chosen, _ = await attempt(link, growth.model, growth.settings.max_retries + 1, refused)
        return chosen

    steps = Link.all_of(topics, growth.seed)
    return {link.node.id: chosen async for link, chosen in bounded(steps, one, IN_FLIGHT)}
