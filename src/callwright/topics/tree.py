"""A topic tree: every topic splits into `degree` subtopics, level by level."""

from __future__ import annotations

from callwright.plugins import Model, Watcher, unwatched
from callwright.topics.levels import Growth
from callwright.topics.model import Topics
from callwright.topics.settings import TopicSettings


async def grow(settings: TopicSettings, model: Model, seed: int, watch: Watcher = unwatched) -> Topics:
    """The tree of `settings`. Raises `ConfigError`, `ModelError`, and `Rejected` where a topic gets no subtopic."""
    growth = Growth(settings, model, seed, watch)
    topics = growth.root()
    for _ in range(settings.depth):
        topics = await growth.level(topics)
    return topics
