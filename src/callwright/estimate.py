"""What a configuration will do, before a model is asked: topics, rows, kinds, requests, tokens.

Drafts are pure, so the calls and turns of the rows are counted, not guessed. Requests are those of a run in which
every first reply is good; tokens are what such requests took on average (docstrings below). What refused replies add
depends on the model and is not estimated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from callwright.config import Config
from callwright.config_file import located
from callwright.execution.build import require_usable
from callwright.plugins import Imported
from callwright.records import Topic
from callwright.synthesis.draft import Draft, Drafter
from callwright.synthesis.kinds import kind_of_row, shares
from callwright.synthesis.personas import ListPeople
from callwright.tools.catalog import Catalog
from callwright.tools.load import load_tools
from callwright.tools.sampling import Sampler
from callwright.topics.files import load as load_topics

PROMPT_TOKENS = 660
"""Of one request: mean over the article's run of 1,185 requests."""
REPLY_TOKENS = 70
"""Of one reply: mean over the same run."""
MOST_DRAFTS = 500
"""Rows that are drafted and counted; a larger run is scaled up from them."""
MOST_COUNTED = 100_000
"""Rows whose kind is counted."""


@dataclass(frozen=True)
class Estimate:
    """What will be done."""

    topics: int
    topic_requests: int
    rows: int
    kinds: dict[str, int]
    calls: int
    row_requests: int
    """The one that lists the people included."""
    tools: Imported

    @property
    def requests(self) -> int:
        return self.topic_requests + self.row_requests

    @property
    def prompt_tokens(self) -> int:
        return self.requests * PROMPT_TOKENS

    @property
    def reply_tokens(self) -> int:
        return self.requests * REPLY_TOKENS


def estimated(config: Config, base: Path) -> Estimate:
    """What `config` will do; paths of its sources start from `base`. Loads the tools and topics that it names.

    Raises `UserError` as the run itself would.
    """
    tools = load_tools(config.generation.tools, base)
    made = config.generation.at(base)
    require_usable(made, Catalog(tools.tools))
    mix = shares(made.kinds, made.conversation.agent_mode, Catalog(tools.tools))
    topics = _topics(config, base)
    rows = config.output.rows(len(topics))
    sampler = Sampler(Catalog(tools.tools), None, made.tools.sampling, config.seed, made.tools.bundles)
    anyone = ListPeople("", "", config.seed, made.personas).fallback()
    drafter = Drafter(made, topics, sampler, mix, anyone, config.seed)
    drafts = [drafter.draft(row) for row in range(min(rows, MOST_DRAFTS))]
    scale = rows / len(drafts)
    own = config.output.write_system_prompt and config.output.include_system_message
    after = int(own) * config.output.system_prompt_rate + int(config.quality.judge is not None)
    asked = sum(_requests(draft, made.conversation.reasoning, made.writer) + after for draft in drafts)
    return Estimate(
        topics=len(topics),
        topic_requests=config.topics.requests,
        rows=rows,
        kinds=_kinds(rows, config.seed, mix),
        calls=round(scale * sum(_calls(draft) for draft in drafts)),
        row_requests=1 + round(scale * asked),
        tools=tools,
    )


def _topics(config: Config, base: Path) -> Sequence[Topic]:
    """The topics that are loaded, or as many nameless ones as will grow."""
    if config.topics.load:
        return load_topics(located(base, config.topics.load)).paths()
    return [Topic(path=(config.topics.prompt, str(number))) for number in range(config.topics.leaves)]


def _kinds(rows: int, seed: int, mix: dict[str, float]) -> dict[str, int]:
    """How many rows there are of each kind; counted, in a very large run scaled up."""
    counted = min(rows, MOST_COUNTED)
    found = Counter(kind_of_row(row, seed, mix).name for row in range(counted))
    return {kind: round(count * rows / counted) for kind, count in found.items()}


def _calls(draft: Draft) -> int:
    return sum(len(step) for turn in draft.plan for step in turn)


def _requests(draft: Draft, reasoning: str, writer: str) -> int:
    """Two for each call (arguments, result); two for each turn and one for its reasoning, or one for all."""
    unfit = int(draft.wanted is not None)
    if writer == "whole":
        return 2 * _calls(draft) + unfit + 1
    thinking = sum(bool(turn) for turn in draft.plan) + (unfit if reasoning == "freetext" else 0)
    return 2 * _calls(draft) + unfit + 2 * len(draft.shapes) + (thinking if reasoning != "none" else 0)
