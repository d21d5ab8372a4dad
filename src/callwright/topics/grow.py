"""Growing topics, in whatever shape the settings name."""

from __future__ import annotations

from callwright.plugins import Model, Watcher, resolve, unwatched
from callwright.topics.model import Topics
from callwright.topics.settings import TopicSettings


async def grow(settings: TopicSettings, model: Model, seed: int, watch: Watcher = unwatched) -> Topics:
    """The topics of `settings`, breadth-first: the same requests, so the same topics, whatever answers first.

    `watch` is told of every topic that is done (`topic`), every proposal that is turned down (`refused`) and every
    topic that stays short of subtopics (`note`; also in `failed` of the result). Raises `ConfigError`, `ModelError`,
    and `Rejected` where a topic gets no subtopic at all.
    """
    grown: Topics = await resolve("topics", settings.mode)(settings, model, seed, watch)
    return grown
